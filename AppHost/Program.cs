using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using SmartCity.AppHost;

// The city on one page: what runs, on what it leans, and what the outside may reach.
if (args.FirstOrDefault(argument => argument is not ("--cluster" or "--demo" or "--fresh" or "--verbose") && !argument.Contains('=')) is { } unknown)
{
    Console.Error.WriteLine($"Unknown argument '{unknown}'. Known: --cluster (servers and services that outlive one of them), --fresh (start empty), --demo (replay an outbreak), --verbose (all logs), --Section:Key=value (configuration).");
    return 2;
}

var builder = DistributedApplication.CreateBuilder(args);
var clustered = args.Contains("--cluster");
var servers = new CityServers(builder, clustered ? new CityCluster(builder) : null);
var broker = servers.AddBroker("broker");

var identity = builder.AddCityService<Projects.SmartCity_Identity>("identity", servers.AddDatabase("identity-db"), broker)
    .WithReplicas(clustered ? 2 : 1);

var healthCode = builder.AddCityService<Projects.SmartCity_HealthCode>("health-code", servers.AddDatabase("health-code-db"), broker).AsClientOf(identity)
    .WithReplicas(clustered ? 2 : 1);

var places = builder.AddCityService<Projects.SmartCity_PlaceRegistration>("place-registration", servers.AddDatabase("place-registration-db"), broker).AsClientOf(identity)
    .WithReference(healthCode).WaitFor(healthCode)
    .WithReplicas(2);

var warning = builder.AddCityService<Projects.SmartCity_EarlyWarning>("early-warning", servers.AddDatabase("early-warning-db"), broker).AsClientOf(identity)
    .WithReplicas(clustered ? 2 : 1);

var government = builder.AddCityService<Projects.SmartCity_GovernmentServices>("government-services", servers.AddDatabase("government-services-db"), broker).AsClientOf(identity)
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
