using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person sees who else looked at their data, newest first.</summary>
internal static class ListMyAccessLog
{
    /// <param name="At">When, UTC.</param>
    /// <param name="Reader">The service, or the account of the person who looked.</param>
    /// <param name="Purpose">Why.</param>
    /// <param name="PurposeText">The same in the language of the request.</param>
    /// <param name="Reference">The consent or application for which it was read, where there is one.</param>
    /// <param name="Reason">What the reader gave as the reason, where one is asked for.</param>
    public sealed record Entry(DateTimeOffset At, string Reader, AccessPurpose Purpose, string PurposeText, Guid? Reference = null, string? Reason = null);

    public static void Map(RouteGroupBuilder me) => me.MapGet("/access-log", HandleAsync)
        .WithName("ListMyAccessLog")
        .WithSummary("Who looked at my data, newest first; looks by other services appear within seconds")
        .WithExample(answer: new Page<Entry>([new Entry(new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero), "place-registration", AccessPurpose.Admission, "Check at a door")]))
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Page<Entry>>, Refusal>> HandleAsync(
        [AsParameters] PageQuery page, Caller caller, HealthCodeDb db, CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        if (page.After is { } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before)) return PageQuery.InvalidCursor;

        var looks = await (
            from citizen in db.Citizens
            where citizen.AccountId == caller.AccountId
            join look in db.AccessLog on citizen.Id equals look.CitizenId
            where look.Id < before
            orderby look.Id descending
            select look).AsNoTracking().Take(page.Take + 1).ToListAsync(cancellationToken);
        var shown = Page<AccessRecord>.From(looks, page.Take, look => look.Id.ToString(CultureInfo.InvariantCulture));
        Entry[] entries = [.. shown.Items.Select(look => new Entry(look.At, look.Reader, look.Purpose, Texts.Of(look.Purpose), look.Reference, look.Reason))];
        return TypedResults.Ok(new Page<Entry>(entries, shown.Next));
    }
}
