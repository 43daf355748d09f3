using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>Somebody arrives, or once arrived, at a place.</summary>
/// <param name="Key">The write's key, <see cref="DerivedId.OfWrite"/>.</param>
internal sealed record Arrival(Guid Key, Place Place, Stay Stay);

/// <summary>What became of it; the visit is null where nothing was recorded.</summary>
internal sealed record Reception(Arrival Arrival, Admission Admission, Visit? Visit)
{
    /// <summary>The key belongs to a visit of another place: the client used one key for two writes.</summary>
    public bool IsKeyReused => Visit is not null && Visit.PlaceId != Arrival.Place.Id;
}

/// <summary>
/// The way in, whoever scans whom: what is known by its key is answered as before; who arrives now is admitted by the colour the health
/// department gives now; what is handed in late is recorded.
/// </summary>
internal sealed class Arrivals(People people, VisitLog visits, IOptionsMonitor<AdmissionRules> rules)
{
    /// <summary>One person's arrivals, by their own account. The status is asked for once.</summary>
    public Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveAsync(
        Guid accountId, IReadOnlyList<Arrival> arrivals, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReceiveAsync(arrivals, now, live => live ? people.StatusOfAsync(accountId, Purpose.Admission, cancellationToken) : PseudonymOfAsync(accountId, cancellationToken), cancellationToken);

    /// <summary>One person's arrival, by the code that they show.</summary>
    public Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveAsync(
        string credential, Arrival arrival, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReceiveAsync([arrival], now, _ => people.StatusOfAsync(credential, cancellationToken), cancellationToken);

    private async Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveAsync(
        IReadOnlyList<Arrival> arrivals, DateTimeOffset now, Func<bool, Task<(PersonStatus? Status, Refusal? Refusal)>> askAsync,
        CancellationToken cancellationToken)
    {
        var known = await visits.FindAsync([.. arrivals.Select(arrival => arrival.Key)], cancellationToken);
        Arrival[] unknown = [.. arrivals.Where(arrival => !known.ContainsKey(arrival.Key))];
        if (unknown.Length == 0) return ([.. arrivals.Select(arrival => Repeated(arrival, known[arrival.Key]))], null);

        var (status, refusal) = await askAsync(unknown.Any(arrival => !arrival.Stay.IsLate));
        if (status is null) return (null, refusal);

        var admissions = unknown.DistinctBy(arrival => arrival.Key).ToDictionary(arrival => arrival.Key, arrival => Decide(arrival, status));
        NewVisit[] admitted =
        [
            .. unknown.Where(arrival => admissions[arrival.Key].Decision != CheckInDecision.Refused).Select(arrival => ToVisit(arrival, status.CitizenId)),
        ];
        var recorded = admitted.Length == 0 ? new Dictionary<Guid, Visit>() : await visits.RecordAsync(admitted, now, cancellationToken);

        return ([.. arrivals.Select(arrival =>
            known.TryGetValue(arrival.Key, out var before) ? Repeated(arrival, before)
            : new Reception(arrival, admissions[arrival.Key], recorded.GetValueOrDefault(arrival.Key)))], null);
    }

    private async Task<(PersonStatus? Status, Refusal? Refusal)> PseudonymOfAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var (citizenId, refusal) = await people.CitizenOfAsync(accountId, Purpose.Admission, cancellationToken);
        // Only late visits come this way, and their admission does not ask for a colour.
        return refusal is null ? (new PersonStatus(citizenId, HealthCode.Contracts.CodeColor.Unspecified), null) : (null, refusal);
    }

    private Admission Decide(Arrival arrival, PersonStatus status) =>
        arrival.Stay.IsLate ? Admission.Late : rules.CurrentValue.For(arrival.Place.Type).Decide(status.Color);

    private static Reception Repeated(Arrival arrival, Visit visit) => new(arrival, visit.IsLate ? Admission.Late : Admission.Before, visit);

    private NewVisit ToVisit(Arrival arrival, Guid citizenId) => new(arrival.Key, arrival.Place.Cell, new Visit
    {
        Id = VisitId.New(arrival.Stay.ArrivedAt).Value,
        CitizenId = citizenId,
        PlaceId = arrival.Place.Id,
        ArrivedAt = arrival.Stay.ArrivedAt,
        Until = arrival.Stay.LeftAt ?? arrival.Stay.ArrivedAt + rules.CurrentValue.For(arrival.Place.Type).TimeOut,
        IsOpen = arrival.Stay.LeftAt is null,
        IsLate = arrival.Stay.IsLate,
    });
}

/// <summary>What the features about visits share.</summary>
internal static class VisitsExtensions
{
    public static void AddVisits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<VisitLimits>().BindConfiguration("Visits").ValidateDataAnnotations()
            .Validate(limits => limits.OldestDays + VisitLimits.PartitionDays < limits.RetentionDays, "Visits:OldestDays must stay well below Visits:RetentionDays.")
            .ValidateOnStart();
        builder.Services.AddOptions<AdmissionRules>().BindConfiguration("Admission").ValidateDataAnnotations()
            .Validate<IOptions<VisitLimits>>((rules, limits) => rules.IsValid(limits.Value), "Admission: a rule names an unknown colour, or a time-out that no stay may have.")
            .ValidateOnStart();
        builder.Services.AddSingleton<People>();
        builder.Services.AddSingleton<VisitLog>();
        builder.Services.AddSingleton<Arrivals>();
    }
}
