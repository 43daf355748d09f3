using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

var builder = DistributedApplication.CreateBuilder(args);

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var registry = postgres.AddDatabase("registry");
var secret = builder.AddParameter("secret", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true, persist: true);

var hall = builder.AddProject<Projects.TestTown_House>("town-hall")
    .WithHttpEndpoint()
    .WithHttpEndpoint(name: "grpc", env: "GRPC_PORT")
    .WithHttpHealthCheck("/health/ready")
    .WithReference(registry).WaitFor(registry)
    .WithEnvironment("Town__Secret", secret);

var houses = builder.AddProject<Projects.TestTown_House>("house")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health/ready")
    .WithReplicas(2)
    .WithReference(hall).WaitFor(hall);

var gate = builder.AddProject<Projects.TestTown_House>("gate")
    .WithHttpEndpoint(port: builder.Configuration["Town:GatePort"] is { } port ? int.Parse(port) : null)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health/ready")
    .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/env", DisplayText = "environment" })
    .WithEnvironment("Town__Hall", $"at {hall.GetEndpoint("grpc")}, secret {secret}")
    .WithReference(houses).WaitFor(houses)
    .OnResourceReady((resource, _, _) =>
    {
        Console.WriteLine($"{resource.Name} is open");
        return Task.CompletedTask;
    });

if (args.Contains("--broker"))
    builder.AddRabbitMQ("broker").WithDataVolume();

if (args.Contains("--ruin"))
    builder.AddProject<Projects.TestTown_House>("ruin").WithHttpEndpoint().WithHttpHealthCheck("/health/ready").WithArgs("collapse");

if (args.Contains("--errand"))
    builder.AddProject<Projects.TestTown_Errand>("errand").WithReference(gate).WaitFor(gate).WithArgs("bread");

builder.Build().Run();
