using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>The city index after a version of the six-dimension set, from what the city has data for; where it has none, it says so.</summary>
internal static class ShowCityIndex
{
    private const string Prefix = "Index/";

    private static readonly IReadOnlyList<IndicatorSet> Sets = Load();

    private static readonly string[] Readers = [Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor];

    public static void Map(RouteGroupBuilder features)
    {
        var example = new IndexView(1, new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), new IndexScore("city", "City index", "城市指数", 1, 82.5, 0.5, null, null, null, null, []));
        features.MapGet("/city-index", ShowAsync)
            .WithName("ShowCityIndex").WithTags("Cockpit").WithSummary("The city index over the last year, after the newest version of the indicator set or the one that is asked for.")
            .WithExample(answer: example).Allow(Readers);
        features.MapGet("/city-index/sets", () => TypedResults.Ok(new Page<IndicatorSet>(Sets)))
            .WithName("ListIndicatorSets").WithTags("Cockpit").WithSummary("All versions of the indicator set with their weights, the newest first.")
            .WithExample(answer: new Page<IndicatorSet>([Sets[0] with { Dimensions = [.. Sets[0].Dimensions.Take(1)] }])).Allow(Readers);
    }

    private static async Task<Results<Ok<IndexView>, Refusal>> ShowAsync(int? version, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if ((version is null ? Sets[0] : Sets.FirstOrDefault(set => set.Version == version)) is not { } set) return Refusal.NotFound("index_version_unknown");
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new IndexView(set.Version, now, CityIndex.Compute(set, await MeasureAsync(db, now, cancellationToken))));
    }

    private static async Task<Dictionary<string, Measured>> MeasureAsync(EarlyWarningDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = now.AddYears(-1);
        // A task counts once its time to take note, or to finish, is over.
        var tasks = db.DepartmentTasks.Where(task => !task.IsExercise && task.AssignedAt >= from);
        var noted = await tasks.CountAsync(task => task.AcknowledgeBy <= now || task.AcknowledgedAt != null, cancellationToken);
        var due = await tasks.CountAsync(task => task.FinishBy <= now || task.DoneAt != null, cancellationToken);
        var warnings = await db.Warnings.AsNoTracking().Where(warning => warning.IssuedAt >= from && warning.IssuedAt <= now.AddMinutes(-30) && !warning.IsExercise).Select(warning => new { warning.Id, warning.IssuedAt }).ToListAsync(cancellationToken);
        var first = await db.Acknowledgements.Where(known => known.AcknowledgedAt >= from).GroupBy(known => known.WarningId).Select(known => new { known.Key, At = known.Min(one => one.AcknowledgedAt) }).ToDictionaryAsync(known => known.Key, known => known.At, cancellationToken);
        var timeliness = await MeasureTimeliness.SummaryAsync(db, now, cancellationToken);
        var fresh = now.AddHours(-36);
        var heard = await db.Facts.GroupBy(fact => fact.Stream).Select(stream => new { stream.Key, At = stream.Max(fact => fact.AsOf) }).ToListAsync(cancellationToken);
        var streams = Enum.GetValues<SignalStream>().Length;
        return new()
        {
            ["tasks-noted-in-time"] = Share(await tasks.CountAsync(task => task.AcknowledgedAt <= task.AcknowledgeBy, cancellationToken), noted),
            ["tasks-done-in-time"] = Share(await tasks.CountAsync(task => task.DoneAt <= task.FinishBy, cancellationToken), due),
            ["seven-one-seven-met"] = Share(timeliness.Met, timeliness.Over),
            ["streams-fresh"] = Share(heard.Count(stream => stream.At >= fresh), streams),
            ["warnings-noted"] = Share(warnings.Count(warning => first.TryGetValue(warning.Id, out var at) && at <= warning.IssuedAt!.Value.AddMinutes(30)), warnings.Count),
        };

        static Measured Share(int part, int whole) => new(whole == 0 ? null : (double)part / whole, whole);
    }

    private static IReadOnlyList<IndicatorSet> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                return JsonSerializer.Deserialize<IndicatorSet>(stream, JsonSerializerOptions.Web)!;
            }).OrderByDescending(set => set.Version),
        ];
    }

    /// <param name="Version">The version of the indicator set.</param>
    /// <param name="At">When this was so, UTC.</param>
    /// <param name="Index">The index with its dimensions and their indicators.</param>
    internal sealed record IndexView(int Version, DateTimeOffset At, IndexScore Index);
}
