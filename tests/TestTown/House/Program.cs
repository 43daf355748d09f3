using System.Collections;

if (args.Contains("collapse"))
    throw new InvalidOperationException("The roof fell in.");

var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/health/ready", () => "ready");
app.MapGet("/env", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value));
await app.RunAsync();
