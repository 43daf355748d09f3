using Npgsql;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.Benchmarks.Tracing;

/// <summary>What both have to say about a contact at a place.</summary>
internal sealed record Answer(Guid CitizenId, Guid PlaceId, int Minutes, double WeightedMinutes, DateTimeOffset From, DateTimeOffset Until)
{
    public static Answer Of(Finding finding) =>
        new(finding.CitizenId, finding.Place.PlaceId, finding.Minutes, finding.Reckoning.WeightedMinutes, finding.From, finding.Until);
}

/// <summary>The statement of baseline.sql, prepared once.</summary>
internal sealed class Baseline(NpgsqlCommand command) : IAsyncDisposable
{
    public static async Task<Baseline> PrepareAsync(NpgsqlConnection connection, TracePolicy policy)
    {
        var rules = Enum.GetValues<PlaceType>().SelectMany(type => Enum.GetValues<Ventilation>().Select(ventilation => (Type: type, Ventilation: ventilation))).ToArray();
        var command = new NpgsqlCommand(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "baseline.sql")), connection);
        command.Parameters.Add(Sql.Value(Guid.Empty));
        command.Parameters.Add(Sql.Value(DateTimeOffset.UnixEpoch));
        command.Parameters.Add(Sql.Value(DateTimeOffset.UnixEpoch));
        command.Parameters.Add(Sql.Array(rules.Select(rule => rule.Type.ToString())));
        command.Parameters.Add(Sql.Array(rules.Select(rule => rule.Ventilation.ToString())));
        command.Parameters.Add(Sql.Array(rules.Select(rule => policy.LingerOf(rule.Type, rule.Ventilation))));
        command.Parameters.Add(Sql.Array(rules.Select(rule => policy.RiskOf(rule.Type) * policy.RiskOf(rule.Ventilation))));
        command.Parameters.Add(Sql.Value((decimal)policy.Severity.Low));
        command.Parameters.Add(Sql.Value(policy.LingerWeight));
        await command.PrepareAsync();
        return new Baseline(command);
    }

    public async Task<HashSet<Answer>> FindAsync(Source one)
    {
        ((NpgsqlParameter<Guid>)command.Parameters[0]).TypedValue = one.CitizenId;
        ((NpgsqlParameter<DateTimeOffset>)command.Parameters[1]).TypedValue = one.From;
        ((NpgsqlParameter<DateTimeOffset>)command.Parameters[2]).TypedValue = one.Until;
        await using var reader = await command.ExecuteReaderAsync();
        var answers = new HashSet<Answer>();
        while (await reader.ReadAsync())
        {
            answers.Add(new Answer(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetDouble(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return answers;
    }

    public ValueTask DisposeAsync() => command.DisposeAsync();
}
