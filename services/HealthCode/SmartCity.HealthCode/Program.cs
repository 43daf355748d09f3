using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("health-code", typeof(Program).Assembly);

var app = builder.Build();
app.UseServiceDefaults();
await app.RunAsync();
