using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace SmartCity.Gateway;

/// <summary>
/// The policy in force. A changed file takes its place between two requests; one that is wrong is refused as a whole, and the one before stays.
/// At the start there is none before, so the gateway does not start with a wrong one.
/// </summary>
internal sealed partial class PolicyBook : IDisposable
{
    private const string Section = "Policy";

    private readonly IConfiguration configuration;
    private readonly ILogger<PolicyBook> logger;
    private readonly IDisposable changes;

    public PolicyBook(IConfiguration configuration, ILogger<PolicyBook> logger)
    {
        (this.configuration, this.logger) = (configuration, logger);
        var (policy, faults) = Read();
        InForce = policy is not null && faults.Count == 0 ? policy : throw new InvalidOperationException($"The policy cannot be used: {string.Join(' ', faults)}");
        Routes = new InMemoryConfigProvider(Gateway.Routes.Of(InForce), Gateway.Routes.Clusters(InForce, configuration));
        changes = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    public Policy InForce { get; private set; }

    /// <summary>The same as YARP reads it.</summary>
    public InMemoryConfigProvider Routes { get; }

    /// <summary>Why the file as it is now is not in force; null when it is.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The rule of a matched route.</summary>
    public Rule? RuleOf(string route) => InForce.Rules.GetValueOrDefault(route);

    public void Dispose() => changes.Dispose();

    private void Reload()
    {
        var (policy, faults) = Read();
        if (policy is null || faults.Count > 0)
        {
            Refusal = string.Join(' ', faults);
            PolicyRefused(Refusal);
            return;
        }

        InForce = policy;
        Refusal = null;
        // Requests under way keep the routes that they came by.
        Routes.Update(Gateway.Routes.Of(policy), Gateway.Routes.Clusters(policy, configuration));
        PolicyTaken(policy.Rules.Count);
    }

    private (Policy? Policy, IReadOnlyList<string> Faults) Read()
    {
        try
        {
            var policy = configuration.GetSection(Section).Get<Policy>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new Policy();
            return (policy, [.. policy.Faults()]);
        }
        // What the binder says of a misspelt name or a value of the wrong form.
        catch (InvalidOperationException exception)
        {
            return (null, [exception.InnerException?.Message ?? exception.Message]);
        }
    }

    [LoggerMessage(LogLevel.Information, "The policy was read again and is in force, with {Rules} rules")]
    private partial void PolicyTaken(int rules);

    [LoggerMessage(LogLevel.Error, "The changed policy was refused, and the one before stays in force: {Faults}")]
    private partial void PolicyRefused(string faults);
}

/// <summary>Adds the <see cref="PolicyBook"/>.</summary>
internal static class PolicyBookExtensions
{
    public static void AddPolicy(this WebApplicationBuilder builder)
    {
        // First, so that the environment and the command line win over the file.
        var file = Path.GetFullPath(builder.Configuration["PolicyFile"] ?? "policy.json", builder.Environment.ContentRootPath);
        var source = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path = file, ReloadOnChange = true, Optional = false };
        source.ResolveFileProvider();
        // A file that is no JSON at all is empty to the reader, and an empty policy is refused.
        var started = false;
        source.OnLoadException = load => load.Ignore = started;
        builder.Configuration.Sources.Insert(0, source);
        started = true;
        builder.Services.AddSingleton<PolicyBook>();
        builder.Services.AddSingleton<IProxyConfigProvider>(services => services.GetRequiredService<PolicyBook>().Routes);
    }
}
