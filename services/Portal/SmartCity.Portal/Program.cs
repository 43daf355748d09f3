using SmartCity.Portal.Calls;
using SmartCity.Portal.Components;
using SmartCity.Portal.Session;
using SmartCity.Portal.Web;
using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.AddServiceDefaults("portal", typeof(Program).Assembly);
builder.AddSession();
builder.AddCityCalls();
builder.Services.AddSingleton<Texts>();
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
app.MapRazorComponents<App>().WithStaticAssets();
await app.RunAsync();
