using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.DecisionTables;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Data;

/// <summary>
/// The decision tables in the folder <c>Eligibility</c>, by the names of their files. They give <c>eligible</c>; what they may ask is <c>age</c>,
/// <c>homeCell</c>, <c>channel</c> and <c>quantity</c>. A faulty table keeps the service from starting.
/// </summary>
internal sealed class EligibilityTables
{
    /// <summary>Another replica may have heard of a change.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    private static readonly JsonSerializerOptions Json = Options();

    private readonly Dictionary<string, DecisionTable> tables;
    private readonly ConcurrentDictionary<Guid, (DateOnly Birth, string? Cell, DateTimeOffset ReadAt)> known = new();
    private readonly IServiceScopeFactory scopes;
    private readonly PersonalData personalData;

    public EligibilityTables(IWebHostEnvironment environment, IServiceScopeFactory scopes, PersonalData personalData)
    {
        (this.scopes, this.personalData) = (scopes, personalData);
        tables = environment.ContentRootFileProvider.GetDirectoryContents("Eligibility").ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), Load);
    }

    public bool Has(string name) => tables.ContainsKey(name);

    /// <summary>What the person told, by <c>PUT /me/booking-facts</c>, has changed.</summary>
    public void Forget(Guid account) => known.TryRemove(account, out _);

    /// <summary>Whether the person may book; null where the table asks what the person has not told.</summary>
    public async Task<bool?> IsEligibleAsync(string name, BookingAsk ask, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var table = tables[name];
        var facts = new Dictionary<string, object?> { ["channel"] = ask.Channel.ToString(), ["quantity"] = ask.Quantity };
        if (table.Inputs.Any(input => input is "age" or "homeCell"))
        {
            if (await FactsOfAsync(ask.AccountId, now, cancellationToken) is not { } person) return null;
            facts["age"] = BookingFacts.AgeOf(person.Birth, DateOnly.FromDateTime(now.UtcDateTime));
            facts["homeCell"] = person.Cell;
        }

        return table.Decide(facts) is [var hit, ..] && hit["eligible"].ValueKind == JsonValueKind.True;
    }

    private async Task<(DateOnly Birth, string? Cell)?> FactsOfAsync(Guid account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(account, out var seen) && now - seen.ReadAt < FreshFor) return (seen.Birth, seen.Cell);
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>().BookingFacts.AsNoTracking()
            .SingleOrDefaultAsync(facts => facts.AccountId == account, cancellationToken);
        if (row is null) return null;
        var parts = personalData.Open(row.Sealed, account).Split('|');
        // A cache, not a register: it begins anew rather than grow without end.
        if (known.Count > 1_000_000) known.Clear();
        var facts = (Birth: DateOnly.ParseExact(parts[0], "yyyy-MM-dd", CultureInfo.InvariantCulture), Cell: parts[1].Length > 0 ? parts[1] : null);
        known[account] = (facts.Birth, facts.Cell, now);
        return facts;
    }

    private static DecisionTable Load(Microsoft.Extensions.FileProviders.IFileInfo file)
    {
        using var stream = file.CreateReadStream();
        var definition = JsonSerializer.Deserialize<DecisionTableDefinition>(stream, Json) ?? throw new FormatException($"{file.Name} is empty.");
        return definition.Outputs.Contains("eligible") ? new DecisionTable(definition) : throw new FormatException($"{file.Name} does not say who is eligible.");
    }

    private static JsonSerializerOptions Options()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ServiceDefaultsExtensions.Configure(json);
        return json;
    }
}
