using System.Buffers.Text;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace SmartCity.EarlyWarning.Features;

/// <summary>The whole city, or one cell, at a glance: every figure with its age and the address of its parts. Once, or as a stream that speaks when something changed.</summary>
internal sealed class ShowCockpit(EarlyWarningDb db, CityFigures figures, IMemoryCache cache, IOptions<JsonOptions> json, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly CockpitView Example = new(
        null, new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero),
        [
            new Figure("cases.today", "New cases today", "今日新增病例", 6, null, null, new DateTimeOffset(2026, 3, 20, 3, 58, 0, TimeSpan.Zero), 120, "/early-warning/v1/signals?stream=cases", null),
            new Figure("reproduction", "R(t), last seven days", "近七日有效再生数 R(t)", 1.31, 1.02, 1.66, new DateTimeOffset(2026, 3, 20, 3, 58, 0, TimeSpan.Zero), 120, "/early-warning/v1/signals?stream=cases", null),
        ],
        [new ForecastDay(new DateOnly(2026, 3, 21), 7.2, 3.1, 11.3)]);

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/cockpit", (string? cell, DateOnly? day, ShowCockpit show, HttpContext context, CancellationToken cancellationToken) => show.ShowAsync(cell, day, context, cancellationToken))
            .WithName("ShowCockpit").WithTags("Cockpit").WithSummary("Cases, R(t), forecast, codes, flow, bookings, reports, warnings, tasks: of the city or a cell, today or at the end of a day. A figure that nobody knows has no value and says why. With If-None-Match: 304 while nothing changed.")
            .Produces<CockpitView>().Produces(StatusCodes.Status304NotModified)
            .WithExample(answer: Example)
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
        features.MapGet("/cockpit/stream", (string? cell, ShowCockpit show, WarningBoard board, CancellationToken cancellationToken) => show.Stream(cell, board, cancellationToken))
            .WithName("WatchCockpit").WithTags("Cockpit").WithSummary("The same as server-sent events: at once, and within seconds of every change (event \"cockpit\").")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithExample(answer: "event: cockpit\ndata: {\"figures\":[]}\n\n")
            .Allow(Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor);
    }

    private async Task<IResult> ShowAsync(string? cell, DateOnly? day, HttpContext context, CancellationToken cancellationToken)
    {
        if (cell is not null && !GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        if (day is { } wanted && (wanted > CityDay.Of(clock.GetUtcNow()) || wanted.Year < 2000)) return Refusal.Invalid("day_invalid", "day");
        var (view, tag) = await SnapshotAsync(cell ?? Area.City, day, cancellationToken);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = new EntityTagHeaderValue(tag);
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(headers.ETag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(view.Aged(clock.GetUtcNow()));
    }

    private Results<ServerSentEventsResult<object>, Refusal> Stream(string? cell, WarningBoard board, CancellationToken cancellationToken)
    {
        if (cell is not null && !GridCell.TryParse(cell, out _)) return Refusal.Invalid("cell_invalid", "cell");
        return board.TryEnter() ? TypedResults.ServerSentEvents(WatchAsync(cell ?? Area.City, board, cancellationToken)) : Refusal.Unavailable("streams_full");
    }

    private async IAsyncEnumerable<SseItem<object>> WatchAsync(string area, WarningBoard board, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            string? told = null;
            while (!cancellationToken.IsCancellationRequested)
            {
                var (view, tag) = await SnapshotAsync(area, day: null, cancellationToken);
                yield return tag == told ? new SseItem<object>(new WarningBoard.AsOf(clock.GetUtcNow()), "heartbeat") : new SseItem<object>(view.Aged(clock.GetUtcNow()), "cockpit") { EventId = tag.Trim('"') };
                told = tag;
                await Task.Delay(Interval, cancellationToken);
            }
        }
        finally
        {
            board.Leave();
        }
    }

    /// <summary>However many ask, the figures of an area are made once in two seconds.</summary>
    private async Task<(CockpitView View, string Tag)> SnapshotAsync(string area, DateOnly? day, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue((area, day), out (CockpitView, string) known)) return known;
        var view = await ReadAsync(area, day, cancellationToken);
        // The ages grow by themselves: what changed is what the tag is about.
        var tag = $"\"{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(view with { At = default }, json.Value.SerializerOptions)).AsSpan(0, 16))}\"";
        return cache.Set((area, day), (view, tag), new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Fresh, Size = 1 });
    }

    private async Task<CockpitView> ReadAsync(string area, DateOnly? day, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = day ?? CityDay.Of(now);
        var moment = day is null ? now : new DateTimeOffset(today.AddDays(1).ToDateTime(TimeOnly.MinValue), CityDay.Offset).ToUniversalTime().AddTicks(-1);
        if (moment > now) moment = now;
        var where = area == Area.City ? "" : $"&cell={area}";
        var rows = new List<Figure>();

        var cases = await figures.SeriesAsync(SignalStream.Cases, area, today, cancellationToken);
        var heard = await figures.HeardAsync(SignalStream.Cases, cancellationToken);
        Counted("cases.today", "New cases today", "今日新增病例", cases[^1], SignalStream.Cases, heard);
        Counted("cases.week", "New cases, seven days", "近七日新增病例", cases[^7..].Sum(), SignalStream.Cases, heard);
        var reproduction = figures.Reproduction(cases);
        rows.Add(new Figure("reproduction", "R(t), last seven days", "近七日有效再生数 R(t)", reproduction?.Mean, reproduction?.Lower, reproduction?.Upper, heard, null, Signals(SignalStream.Cases), reproduction is null ? Why.TooFew : null));
        foreach (var (stream, name, en, zh) in new[]
        {
            (SignalStream.Exposures, "exposures", "Exposures found today", "今日发现暴露"), (SignalStream.Visits, "flow", "Visits today", "今日到访人次"),
            (SignalStream.Bookings, "bookings", "Bookings made today", "今日预约"), (SignalStream.StockOuts, "bookings.soldOut", "Hours sold out today", "今日约满时段"), (SignalStream.Reports, "reports", "Reports today", "今日市民诉求"),
        })
        {
            var told = await figures.HeardAsync(stream, cancellationToken);
            // A feed that speaks every hour and never spoke is not there: its zero would be made up.
            var silent = told is null && stream is (SignalStream.Visits or SignalStream.Bookings or SignalStream.StockOuts);
            Counted(name, en, zh, silent ? double.NaN : (await figures.SeriesAsync(stream, area, today, cancellationToken))[^1], stream, told);
        }

        var codes = await figures.CodesAsync(area, today, cancellationToken);
        foreach (var (name, en, zh, count) in new[] { ("codes.green", "Green codes", "绿码人数", codes?.Green), ("codes.yellow", "Yellow codes", "黄码人数", codes?.Yellow), ("codes.red", "Red codes", "红码人数", codes?.Red) })
        {
            rows.Add(new Figure(name, en, zh, count, null, null, codes?.At, null, $"/early-warning/v1/timeline?kind=codeChanges&from={today:yyyy-MM-dd}T00:00:00%2B08:00&to={today.AddDays(1):yyyy-MM-dd}T00:00:00%2B08:00{where}", codes is null ? Why.NotHeard : null));
        }

        rows.Add(new Figure("warnings.open", "Warnings in force", "生效预警", await figures.OpenWarningsAsync(area, moment, cancellationToken), null, null, moment, null, "/early-warning/v1/warnings", null));
        // Tasks belong to events, and events to areas.
        var tasks = db.DepartmentTasks.AsNoTracking().Where(task => !task.IsExercise && task.AssignedAt <= moment && (task.DoneAt == null || task.DoneAt > moment) && (area == Area.City || db.Events.Any(e => e.Id == task.EventId && (e.Area == area || e.Area == Area.City))));
        rows.Add(new Figure("tasks.open", "Open tasks", "未完成任务", await tasks.CountAsync(cancellationToken), null, null, moment, null, "/early-warning/v1/tasks?open=true", null));
        rows.Add(new Figure("tasks.overdue", "Overdue tasks", "超期任务", await tasks.CountAsync(task => task.FinishBy < moment, cancellationToken), null, null, moment, null, "/early-warning/v1/tasks?open=true", null));

        var forecast = CityFigures.Forecast(cases).Select(step => new ForecastDay(today.AddDays(step.Step), Math.Max(0, step.Mean), Math.Max(0, step.Lower), Math.Max(0, step.Upper)));
        return new CockpitView(Area.Cell(area), moment, [.. rows.Select(figure => figure with { AsOf = figure.AsOf == moment ? null : figure.AsOf })], [.. forecast]);

        void Counted(string name, string en, string zh, double value, SignalStream stream, DateTimeOffset? asOf) =>
            rows.Add(new Figure(name, en, zh, double.IsNaN(value) ? null : value, null, null, asOf, null, Signals(stream), double.IsNaN(value) ? Why.NotHeard : null));

        string Signals(SignalStream stream) => $"/early-warning/v1/signals?stream={JsonNamingPolicy.CamelCase.ConvertName(stream.ToString())}{where}&to={today:yyyy-MM-dd}";
    }

    /// <param name="Cell">Of which cell; absent for the city.</param>
    /// <param name="At">The moment of which the figures are, UTC.</param>
    /// <param name="Figures">By name.</param>
    /// <param name="Forecast">New cases of the coming seven days; empty where too little is known.</param>
    internal sealed record CockpitView(string? Cell, DateTimeOffset At, IReadOnlyList<Figure> Figures, IReadOnlyList<ForecastDay> Forecast)
    {
        /// <summary>Figures that the service has itself are as old as the answer; the others as old as their last news.</summary>
        public CockpitView Aged(DateTimeOffset now) => this with { Figures = [.. Figures.Select(figure => figure.Value is null && figure.AsOf is null ? figure : figure with { AsOf = figure.AsOf ?? At, AgeSeconds = (long)(now - (figure.AsOf ?? At)).TotalSeconds })] };
    }

    /// <param name="Name">Stable.</param>
    /// <param name="En">What it is, in English.</param>
    /// <param name="Zh">In Simplified Chinese.</param>
    /// <param name="Value">Absent where nobody knows.</param>
    /// <param name="Lower">Lower end of its 95 % interval, where it is an estimate.</param>
    /// <param name="Upper">Upper end.</param>
    /// <param name="AsOf">When it was last heard of, UTC.</param>
    /// <param name="AgeSeconds">Seconds since.</param>
    /// <param name="Link">Where its parts are.</param>
    /// <param name="Missing">Why there is no value.</param>
    internal sealed record Figure(
        string Name, string En, string Zh, double? Value, double? Lower, double? Upper, DateTimeOffset? AsOf, long? AgeSeconds, string Link, Why? Missing);

    /// <summary>Why there is no value.</summary>
    internal enum Why
    {
        /// <summary>Nobody has told of it yet.</summary>
        NotHeard,

        /// <summary>Too few cases, or days, to estimate.</summary>
        TooFew,
    }

    /// <param name="Day">A day to come.</param>
    /// <param name="Mean">New cases expected.</param>
    /// <param name="Lower">Lower end of the 95 % interval.</param>
    /// <param name="Upper">Upper end.</param>
    internal sealed record ForecastDay(DateOnly Day, double Mean, double Lower, double Upper);
}
