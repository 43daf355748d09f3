using SmartCity.Gateway;
using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("gateway", typeof(Program).Assembly);
builder.AddCallerLimits();
builder.AddPublicCache();
builder.AddRoutes();

var app = builder.Build();
app.UseSecurityHeaders();
app.UseServiceDefaults();
app.UseRateLimiter();
app.UseRequestTimeouts();
app.UseStreams();
app.UseOutputCache();
app.UseApiPage();
SimulatedClock.Map(app);
app.MapReverseProxy().CacheOutput(PublicCache.Policy);
await app.RunAsync();
