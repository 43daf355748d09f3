using Microsoft.AspNetCore.ResponseCompression;
using SmartCity.Gateway;
using SmartCity.Gateway.Limits;
using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
AccessLog.Add(builder);
builder.AddServiceDefaults("gateway", typeof(Program).Assembly);
builder.AddDoors();
builder.AddSurge();
builder.AddRoutes();
builder.Services.AddResponseCompression(compression => compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "application/geo+json", "application/ld+json", "application/cap+xml", "image/svg+xml"]);

var app = builder.Build();
app.UseMiddleware<AccessLog>();
app.UseSecurityHeaders();
app.UseServiceDefaults(authentication: app.UseSurge);
app.UseRequestTimeouts();
app.UseResponseCompression();
app.UseMiddleware<ServiceLimits>();
app.UseApiPage();
SimulatedClock.Map(app);
app.MapReverseProxy(proxy =>
{
    Passage.AnswerWhenLate(proxy);
    RetryElsewhere.Use(proxy);
    proxy.UseLoadBalancing();
    proxy.UsePassiveHealthChecks();
});
await app.RunAsync();
