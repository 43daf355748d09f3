using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>Somebody arrives, or once arrived, at a place.</summary>
/// <param name="Key">The write's key, <see cref="DerivedId.OfWrite"/>.</param>
/// <param name="Trip">Aboard a vehicle: its trip.</param>
/// <param name="Stop">Where they got on.</param>
internal sealed record Arrival(Guid Key, Place Place, Stay Stay, VisitSource Source, Trip? Trip = null, short? Stop = null)
{
    public Visit ToVisit(Guid citizenId, TimeSpan timeOut) => new()
    {
        Id = VisitId.New(Stay.ArrivedAt).Value,
        CitizenId = citizenId,
        PlaceId = Place.Id,
        ArrivedAt = Stay.ArrivedAt,
        // Nobody is aboard longer than the trip lasts.
        Until = Stay.LeftAt ?? (Trip is { } trip && trip.EndsAt > Stay.ArrivedAt ? trip.EndsAt : Stay.ArrivedAt + timeOut),
        IsOpen = Stay.LeftAt is null,
        IsLate = Stay.IsLate,
        Source = Source,
        TripId = Trip?.Id,
        BoardedAtStop = Stop,
    };
}

/// <summary>What became of it; the visit is null where nothing was recorded, and a fault says why there is nothing to decide.</summary>
internal sealed record Reception(Arrival Arrival, Admission Admission, Visit? Visit, string? Fault = null)
{
    /// <summary>The key belongs to a visit of another place: the client used one key for two writes.</summary>
    public bool IsKeyReused => Visit is not null && Visit.PlaceId != Arrival.Place.Id;

    /// <summary>What the caller hears instead of an answer.</summary>
    public Refusal? Refusal => IsKeyReused ? Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header) : Fault is { } code ? Refusal.Conflict(code) : null;
}

/// <summary>
/// The way in, whoever scans whom: who arrives now is admitted by their health code and the rules of the place; what is handed in late is recorded; what is
/// known by its key is answered as before, also where the colour has changed since or cannot be asked.
/// </summary>
internal sealed class Arrivals(People people, VisitLog visits, Crowds crowds, IOptionsMonitor<AdmissionRules> rules, IOptions<VisitLimits> limits)
{
    /// <summary>Asking again helps at once; whoever's code changes oftener than this may try again.</summary>
    private const int Attempts = 4;

    /// <summary>One person's arrivals, by their own account. The status is asked for once.</summary>
    public Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveAsync(
        Guid accountId, IReadOnlyList<Arrival> arrivals, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReceiveAsync(
            arrivals, now,
            (live, fresh) => live ? people.StatusOfAsync(accountId, fresh, cancellationToken) : PseudonymOfAsync(accountId, cancellationToken), cancellationToken);

    /// <summary>One person's arrival, by the code that they show.</summary>
    public Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveAsync(
        string credential, Arrival arrival, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReceiveAsync([arrival], now, (_, _) => people.StatusOfAsync(credential, cancellationToken), cancellationToken);

    /// <summary>The arrival of somebody who was found by what they showed.</summary>
    public Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveCitizenAsync(
        Guid citizenId, Arrival arrival, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReceiveAsync(
            [arrival], now,
            (live, fresh) => live ? people.StatusOfCitizenAsync(citizenId, fresh, cancellationToken)
                : Task.FromResult<(PersonStatus?, Refusal?)>((PersonStatus.OfName(citizenId), null)), cancellationToken);

    private async Task<(IReadOnlyList<Reception>? Receptions, Refusal? Refusal)> ReceiveAsync(
        IReadOnlyList<Arrival> arrivals, DateTimeOffset now, Func<bool, bool, Task<(PersonStatus? Status, Refusal? Refusal)>> askAsync,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (status, refusal) = await askAsync(arrivals.Any(arrival => !arrival.Stay.IsLate), attempt > 1);
            if (status is null) return await AllKnownAsync(arrivals, cancellationToken) is { } known ? (known, null) : (null, refusal);

            // A newer test changes no colour, so nobody tells of it: ask.
            if (attempt == 1 && arrivals.Any(arrival => !arrival.Stay.IsLate && !RuleOf(arrival).IsTested(status.SampledAt, now))) continue;
            if (await ReceiveAsync(arrivals, status, now, cancellationToken) is { } receptions) return (receptions, null);
            if (attempt == Attempts) return (null, Refusal.Unavailable("health_code_unavailable"));
        }
    }

    /// <returns>Null where the status is outdated: nothing live is recorded then.</returns>
    private async Task<IReadOnlyList<Reception>?> ReceiveAsync(
        IReadOnlyList<Arrival> arrivals, PersonStatus status, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var decided = new List<Reception>(arrivals.Count);
        foreach (var arrival in arrivals) decided.Add(await DecideAsync(arrival, status, now, cancellationToken));

        Reception[] admitted = [.. decided.Where(reception => reception.Fault is null && reception.Admission.Decision != CheckInDecision.Refused)];
        var recorded = admitted.Length == 0 ? [] : await visits.RecordAsync([.. admitted.Select(reception => ToNew(reception.Arrival, status))], cancellationToken);
        if (recorded.Any(one => one.Visit is null)) return null;

        var results = new Dictionary<object, Recorded>(ReferenceEqualityComparer.Instance);
        foreach (var (reception, result) in admitted.Zip(recorded)) results.Add(reception, result);
        var known = await visits.FindAsync([.. decided.Where(reception => !results.ContainsKey(reception)).Select(reception => reception.Arrival.Key)], cancellationToken);
        return [.. decided.Select(reception =>
        {
            if (results.TryGetValue(reception, out var result))
            {
                if (!result.IsNew) return Repeated(reception.Arrival, result.Visit!);
                crowds.Add(reception.Arrival.Place.Id);
                return reception with { Visit = result.Visit };
            }

            return known.TryGetValue(reception.Arrival.Key, out var before) ? Repeated(reception.Arrival, before) : reception;
        })];
    }

    private async ValueTask<Reception> DecideAsync(Arrival arrival, PersonStatus status, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (arrival.Place.FaultOfArrival(now, limits.Value.LocalTime, arrival.Stay.IsLate) is { } fault) return new Reception(arrival, Admission.Late, null, fault);
        if (arrival.Stay.IsLate) return new Reception(arrival, Admission.Late, null);
        var rule = RuleOf(arrival);
        var crowd = rule.WhenFull == Consequence.None ? new Crowd(0, arrival.Place.Capacity) : await crowds.OfAsync(arrival.Place, cancellationToken);
        var admission = rule.Decide(status.Color, status.SampledAt, crowd, now);
        // Whoever is inside already takes nobody's place.
        if (admission.Reason == AdmissionRule.Full && await crowds.IsInsideAsync(arrival.Place.Id, status.CitizenId, now, cancellationToken))
            admission = rule.Decide(status.Color, status.SampledAt, crowd with { Visitors = 0 }, now);
        return new Reception(arrival, admission, null);
    }

    private async Task<IReadOnlyList<Reception>?> AllKnownAsync(IReadOnlyList<Arrival> arrivals, CancellationToken cancellationToken)
    {
        var known = await visits.FindAsync([.. arrivals.Select(arrival => arrival.Key)], cancellationToken);
        return arrivals.All(arrival => known.ContainsKey(arrival.Key)) ? [.. arrivals.Select(arrival => Repeated(arrival, known[arrival.Key]))] : null;
    }

    private async Task<(PersonStatus? Status, Refusal? Refusal)> PseudonymOfAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var (citizenId, refusal) = await people.CitizenOfAsync(accountId, Purpose.Admission, cancellationToken);
        return refusal is null ? (PersonStatus.OfName(citizenId), null) : (null, refusal);
    }

    private AdmissionRule RuleOf(Arrival arrival) => rules.CurrentValue.For(arrival.Place.Type);

    private NewVisit ToNew(Arrival arrival, PersonStatus status) => new(
        arrival.Key, arrival.Place.Cell, arrival.ToVisit(status.CitizenId, RuleOf(arrival).TimeOut), arrival.Place.Ancestors,
        arrival.Stay.IsLate ? null : status.Version);

    private static Reception Repeated(Arrival arrival, Visit visit) => new(arrival, visit.IsLate ? Admission.Late : Admission.Before, visit);
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
            .Validate<IOptions<VisitLimits>>((rules, limits) => rules.IsValid(limits.Value), "Admission: a rule names an unknown colour, a test without its hours, or a time-out that no stay may have.")
            .ValidateOnStart();
        builder.Services.AddSingleton<People>();
        builder.Services.AddSingleton<PlaceBook>();
        builder.Services.AddSingleton<Crowds>();
        builder.Services.AddSingleton<Trips>();
        builder.Services.AddSingleton<VisitLog>().AddHostedService(services => services.GetRequiredService<VisitLog>());
        builder.Services.AddHealthChecks().AddCheck<VisitLog>("check-ins");
        builder.Services.AddSingleton<Arrivals>();
    }
}
