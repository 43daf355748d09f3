using SmartCity.Portal.Calls;
using SmartCity.Portal.Components;
using SmartCity.Portal.Pages;
using SmartCity.Portal.Pages.Venue;
using SmartCity.Portal.Pages.Cockpit;
using SmartCity.Portal.Pages.Department;
using SmartCity.Portal.Session;
using SmartCity.Portal.Web;
using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
// Files do not change while the portal runs: they are served as they were compressed when it was built.
builder.WebHost.UseSetting("ReloadStaticAssetsAtRuntime", "false");
builder.AddServiceDefaults("portal", typeof(Program).Assembly);
builder.AddSession();
builder.AddCityCalls();
builder.Services.AddSingleton<Texts>();
builder.Services.AddTransient<OwnPlaces>();
builder.Services.AddRazorComponents();
builder.Services.AddCompressedPages();

var app = builder.Build();
app.UseBehindTheGateway();
app.UseChosenLanguage();
app.UseResponseCompression();
app.UsePageHeaders();
app.UseServiceDefaults();
app.UseErrorPages();
app.UseAntiforgery();
app.MapStaticAssets().AllowEveryone();
Preferences.Map(app);
SignOut.Map(app);
HandInScans.Map(app);
CockpitLive.Map(app);
Materials.Map(app);
ReportPhotos.Map(app);
app.MapRazorComponents<App>().WithStaticAssets();
await app.RunAsync();
