using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SmartCity.EarlyWarning.Contracts.V1;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Other services ask for the figures of a day, for a bulletin. What nobody knows is left out, never zero.</summary>
internal sealed class AnswerFigures(CityFigures figures, TimeProvider clock) : Figures.FiguresBase
{
    public override async Task<DailyFigures> GetDaily(GetDailyRequest request, ServerCallContext context)
    {
        var (now, cancellationToken) = (clock.GetUtcNow(), context.CancellationToken);
        if (!DateOnly.TryParseExact(request.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day > CityDay.Of(now) || day.Year < 2000)
        {
            throw Refusal.Invalid("day_invalid", "date").ToRpcException();
        }

        var end = new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), CityDay.Offset).ToUniversalTime().AddTicks(-1);
        var moment = end < now ? end : now;
        var cases = await figures.SeriesAsync(SignalStream.Cases, Area.City, day, cancellationToken);
        var codes = await figures.CodesAsync(Area.City, day, cancellationToken);
        var answer = new DailyFigures { Date = request.Date, OpenWarnings = await figures.OpenWarningsAsync(Area.City, moment, cancellationToken), AsOf = moment.ToTimestamp() };
        if (!double.IsNaN(cases[^1])) answer.NewCases = (int)cases[^1];
        if (figures.Reproduction(cases) is { } r) answer.Reproduction = new Interval { Mean = r.Mean, Lower = r.Lower, Upper = r.Upper };
        if (codes is { } counted) answer.Codes = new Codes { Green = counted.Green, Yellow = counted.Yellow, Red = counted.Red, CountedAt = counted.At.ToTimestamp() };
        return answer;
    }
}
