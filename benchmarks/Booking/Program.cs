using SmartCity.Benchmarks.Booking;
using SmartCity.GovernmentServices.Data;
using SmartCity.Testing;

// dotnet run -c Release --project benchmarks/Booking [-- draw|ledger|http]
var what = args.FirstOrDefault();
if (what is null or "draw") DrawSpeed.Run();
if (what == "draw") return;
await using var servers = new CityServers();
await using var database = await TestDatabase.CreateAsync<GovernmentServicesDb>(servers);
if (what is null or "ledger") await LedgerSpeed.RunAsync(database);
if (what is null or "http") await HttpSpeed.RunAsync(servers, database);
