using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;
using Refusal = SmartCity.ServiceDefaults.Refusal;

namespace SmartCity.HealthCode.Features;

/// <summary>A venue or an officer has shown codes checked, one or as many as a gate sees in a moment, and hears the colours as they are now. Each person sees that they asked.</summary>
internal static class VerifyCredential
{
    private const int LongestCredential = 1000;

    /// <param name="Credential">What the scanner read.</param>
    public sealed record Request([Required, StringLength(LongestCredential, MinimumLength = 1)] string Credential);

    /// <param name="Credentials">What the scanners read, 1 to 100.</param>
    public sealed record BatchRequest([Required, Length(1, 100)] IReadOnlyList<string> Credentials);

    /// <param name="Verdicts">In the order of the request.</param>
    public sealed record BatchVerdict(IReadOnlyList<Verdict> Verdicts);

    /// <param name="Valid">Whether the code is the city's, has not ended and is not revoked.</param>
    /// <param name="Fault">Why it is not; absent where it is.</param>
    /// <param name="Color">The person's colour now; absent where the code is not valid.</param>
    /// <param name="ValidUntil">Until when the colour stands if nothing new becomes known; exclusive, UTC.</param>
    /// <param name="IssuedAt">When the code was issued, UTC; also for one that has ended.</param>
    /// <param name="Printed">Whether it is on paper or a card: compare it with the person's ID card.</param>
    public sealed record Verdict(
        bool Valid, CredentialFault? Fault = null, CodeColor? Color = null, DateTimeOffset? ValidUntil = null, DateTimeOffset? IssuedAt = null, bool? Printed = null);

    public static void Map(RouteGroupBuilder features)
    {
        var issued = new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
        var example = new Verdict(true, Color: CodeColor.Green, ValidUntil: issued.AddDays(1), IssuedAt: issued, Printed: false);
        features.MapPost("/credentials/verify", HandleAsync)
            .WithName("VerifyCredential")
            .WithSummary("Check a shown code")
            .WithExample(new Request("SC1:6BFOXN*TS0BI$ZD-PHQJQH"), example)
            .Allow(Roles.VenueOperator, Roles.HealthOfficer);
        features.MapPost("/credentials/verify/batch", HandleBatchAsync)
            .WithName("VerifyCredentials")
            .WithSummary("Check up to 100 shown codes; a bad one does not spoil the others")
            .WithExample(new BatchRequest(["SC1:6BFOXN*TS0BI$ZD-PHQJQH", "SC1:NOTHING"]), new BatchVerdict([example, new Verdict(false, CredentialFault.Compression)]))
            .Allow(Roles.VenueOperator, Roles.HealthOfficer);
    }

    /// <summary>What the codes say, and, where they are good, of whom. Revoked ones are told from others by their ids.</summary>
    public static async Task<(CityCodeResult Result, CitizenId? Citizen)[]> ReadAsync(
        IReadOnlyList<string> texts, HealthCodeDb db, CredentialKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var read = texts.Select(text => keys.Verify(text ?? "", now)).ToArray();
        var printed = read.Where(one => one.Citizen is not null && one.Result.Payload!.Printed).Select(one => one.Result.Payload!.CodeId).ToArray();
        if (printed.Length == 0) return read;
        var revoked = await db.PrintedCodes.Where(code => printed.Contains(code.CodeId) && code.RevokedAt != null).Select(code => code.CodeId).ToListAsync(cancellationToken);
        for (var i = 0; i < read.Length; i++)
        {
            if (read[i].Result.Payload is { } payload && revoked.Contains(payload.CodeId)) read[i] = (read[i].Result with { Refusal = new(CredentialFault.Revoked, "revoked") }, null);
        }

        return read;
    }

    private static async Task<Results<Ok<Verdict>, Refusal>> HandleAsync(
        Request request, Caller caller, HealthCodeDb db, CredentialKeys keys, PolicyBook policies, AccessLog log, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (verdicts, refusal) = await VerifyAsync([request.Credential], caller, db, keys, policies, log, clock.GetUtcNow(), cancellationToken);
        if (refusal is not null) return refusal;
        return verdicts[0] is { } verdict ? TypedResults.Ok(verdict) : Refusal.NotFound("citizen_unknown");
    }

    private static async Task<Results<Ok<BatchVerdict>, Refusal>> HandleBatchAsync(
        BatchRequest request, Caller caller, HealthCodeDb db, CredentialKeys keys, PolicyBook policies, AccessLog log, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (verdicts, refusal) = await VerifyAsync(request.Credentials, caller, db, keys, policies, log, clock.GetUtcNow(), cancellationToken);
        if (refusal is not null) return refusal;
        return TypedResults.Ok(new BatchVerdict([.. verdicts.Select(verdict => verdict ?? new Verdict(false, CredentialFault.Revoked))]));
    }

    /// <summary>Two queries and one write for all of them; null where the person is not known any more.</summary>
    private static async Task<(Verdict?[] Verdicts, Refusal? Refusal)> VerifyAsync(
        IReadOnlyList<string> texts, Caller caller, HealthCodeDb db, CredentialKeys keys, PolicyBook policies, AccessLog log, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (policies.InForce(now) is null) return ([], PolicyBook.NotLoaded);
        var read = await ReadAsync(texts, db, keys, now, cancellationToken);
        var ids = read.Select(one => one.Citizen).OfType<CitizenId>().Distinct().ToArray();
        var people = await db.Citizens.AsNoTracking().Include(person => person.Code).Where(person => ids.Contains(person.Id)).ToDictionaryAsync(person => person.Id, cancellationToken);
        foreach (var due in people.Values.Where(person => person.Code.IsDue(policies.Require(person, now), now)).ToArray())
            people[due.Id] = await CurrentCode.FindAsync(db, policies, person => person.Id == due.Id, now, cancellationToken) ?? due;

        await log.WriteAsync(
            [.. people.Keys.Select(id => new AccessRecord { CitizenId = id, Reader = caller.Actor.ToString(), Purpose = AccessPurpose.Verification, At = now })], cancellationToken);
        return ([.. read.Select(one => one.Citizen is not { } id ? new Verdict(false, one.Result.Refusal?.Fault ?? CredentialFault.Claims, IssuedAt: one.Result.Payload?.IssuedAt)
            : people.TryGetValue(id, out var person) ? Good(one.Result.Payload!, person) : null)], null);
    }

    private static Verdict Good(CityCodePayload payload, Citizen citizen) =>
        new(true, Color: citizen.Code.Color, ValidUntil: citizen.Code.ValidUntil, IssuedAt: payload.IssuedAt, Printed: payload.Printed);
}
