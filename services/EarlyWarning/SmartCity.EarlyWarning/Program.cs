using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.EarlyWarning.Features;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("early-warning", typeof(Program).Assembly);
builder.AddDatabase<EarlyWarningDb>("early-warning-db");
builder.AddMessaging<EarlyWarningDb>(typeof(Program).Assembly);
builder.Services.AddOptions<DetectionRules>().BindConfiguration("Detection").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddOptions<WarningOptions>().BindConfiguration("Warnings").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddScoped<CountSignals>();

var app = builder.Build();
app.UseServiceDefaults();
var features = app.MapFeatures();
ReadSignals.Map(features);
Summarise.Map(features);
ReadAlarms.Map(features);
DraftWarning.Map(features);
DecideWarning.Map(features);
AcknowledgeWarning.Map(features);
ReadWarnings.Map(features);
await app.RunAsync();
