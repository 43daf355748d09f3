using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using SmartCity.AppHost;

// The city on one page: what runs, on what it leans, and what the outside may reach.
if (args.FirstOrDefault(argument => argument is not ("--demo" or "--fresh" or "--verbose") && !argument.Contains('=')) is { } unknown)
{
    Console.Error.WriteLine($"Unknown argument '{unknown}'. Known: --fresh (start empty), --demo (replay an outbreak), --verbose (all logs), --Section:Key=value (configuration).");
    return 2;
}

var builder = DistributedApplication.CreateBuilder(args);
var broker = builder.AddCityBroker("broker");

var identity = builder.AddCityService<Projects.SmartCity_Identity>("identity", "identity-db", broker);

var healthCode = builder.AddCityService<Projects.SmartCity_HealthCode>("health-code", "health-code-db", broker).AsClientOf(identity);

var places = builder.AddCityService<Projects.SmartCity_PlaceRegistration>("place-registration", "place-registration-db", broker).AsClientOf(identity)
    .WithReference(healthCode).WaitFor(healthCode)
    .WithReplicas(2);

var warning = builder.AddCityService<Projects.SmartCity_EarlyWarning>("early-warning", "early-warning-db", broker).AsClientOf(identity);

var government = builder.AddCityService<Projects.SmartCity_GovernmentServices>("government-services", "government-services-db", broker).AsClientOf(identity)
    .WithReference(healthCode).WaitFor(healthCode)
    .WithReference(warning)
    .WithReplicas(2);

var portal = builder.AddPortal<Projects.SmartCity_Portal>("portal")
    .WithReference(identity).WaitFor(identity)
    .WithReference(healthCode).WaitFor(healthCode)
    .WithReference(places).WaitFor(places)
    .WithReference(government).WaitFor(government)
    .WithReference(warning).WaitFor(warning)
    .WithReplicas(2);

var gateway = builder.AddProject<Projects.SmartCity_Gateway>("gateway")
    .WithHttpEndpoint(port: 8080)
    .WithHttpEndpoint(name: "grpc", env: "GRPC_PORT")
    .WithExternalHttpEndpoints()
    .WithReplicas(2)
    .WithHttpEndpoint(name: "metrics", env: "METRICS_PORT")
    .WithReference(broker).WaitFor(broker)
    .WithHttpHealthCheck("/health/ready")
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/", DisplayText = "portal (pages for people)" })
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/api", DisplayText = "API documentation" })
    .WithReference(identity).WaitFor(identity)
    .WithReference(healthCode).WaitFor(healthCode)
    .WithReference(places).WaitFor(places)
    .WithReference(government).WaitFor(government)
    .WithReference(warning).WaitFor(warning)
    .WithReference(portal).WaitFor(portal)
    .PrintsDemoAccounts()
    .OnTheCityClock();

// Tokens name the address at which the outside finds who issued them.
identity.WithEnvironment("Identity__Issuer", $"{gateway.GetEndpoint("http")}/identity").WithDemoAccounts(args.Contains("--demo"));
government.WithEnvironment("OpenData__Address", $"{gateway.GetEndpoint("http")}/government-services/v1");

// Certificates name the address at which the outside asks about them.
government.WithEnvironment("Certificates__Address", $"{gateway.GetEndpoint("http")}/government-services/v1/certificates");

if (args.Contains("--demo"))
    builder.AddProject<Projects.SmartCity_Replay>("replay")
        .WithReference(gateway).WaitFor(gateway)
        .OnTheCityClock();

builder.Build().Run();
return Environment.ExitCode;
