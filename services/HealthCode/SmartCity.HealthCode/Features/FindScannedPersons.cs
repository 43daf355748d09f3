using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>Another department asks whom scans are of, many at once. Every person found sees that it did.</summary>
internal sealed class FindScannedPersons(HealthCodeDb db, CredentialKeys keys, PersonalData personalData, AccessLog log, TimeProvider clock)
    : ScannedPersons.ScannedPersonsBase
{
    private const int Most = 500;
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(60);

    public override async Task<FindPersonsReply> FindPersons(FindPersonsRequest request, ServerCallContext context)
    {
        if (request.Persons.Count > Most) throw Refusal.Invalid("too_many").ToRpcException();
        var (now, cancellationToken) = (clock.GetUtcNow(), context.CancellationToken);
        Scan[] scans = [.. request.Persons.Select(person => Read(person, now))];

        // Both kinds in one query each; a code's pseudonym too must be of somebody who is still registered.
        byte[][] lookups = [.. scans.Select(scan => scan.Lookup).OfType<byte[]>()];
        CitizenId[] ids = [.. scans.Where(scan => scan.Citizen is not null).Select(scan => scan.Citizen!.Value).Distinct()];
        var byNumber = lookups.Length == 0 ? [] : await db.Citizens.AsNoTracking().Where(citizen => lookups.Contains(citizen.NumberLookup))
            .ToDictionaryAsync(citizen => Convert.ToHexString(citizen.NumberLookup), citizen => citizen.Id, cancellationToken);
        var known = ids.Length == 0 ? [] : await db.Citizens.Where(citizen => ids.Contains(citizen.Id)).Select(citizen => citizen.Id).ToHashSetAsync(cancellationToken);

        // A printed code that was lost is nobody's, whenever it was shown.
        Guid[] printed = [.. scans.Select(scan => scan.Printed).OfType<Guid>()];
        var revoked = printed.Length == 0 ? [] : await db.PrintedCodes.Where(code => printed.Contains(code.CodeId) && code.RevokedAt != null)
            .Select(code => code.CodeId).ToHashSetAsync(cancellationToken);

        var reader = context.GetHttpContext().User.FindFirst(CityClaims.ClientId)?.Value ?? "unknown";
        var reply = new FindPersonsReply();
        foreach (var scan in scans)
        {
            CitizenId? found = scan.Lookup is { } lookup ? byNumber.TryGetValue(Convert.ToHexString(lookup), out var of) ? of : null
                : scan.Printed is { } code && revoked.Contains(code) ? null
                : scan.Citizen is { } citizen && known.Contains(citizen) ? citizen
                : null;
            if (found is { } person) await log.WriteSoonAsync(new AccessRecord { CitizenId = person, Reader = reader, Purpose = AccessPurpose.Admission, At = now }, cancellationToken);
            reply.Persons.Add(found is { } id ? new FoundPerson { CitizenId = id.Value.ToString() } : new FoundPerson { Fault = scan.Fault ?? "citizen_unknown" });
        }

        return reply;
    }

    private Scan Read(ScannedPerson person, DateTimeOffset now)
    {
        switch (person.PersonCase)
        {
            case ScannedPerson.PersonOneofCase.Credential:
                // Nobody hands in what is older; shown now, it will have expired.
                var shownAt = person.ShownAt?.ToDateTimeOffset() is { } at && at < now && at > now - Oldest ? at : now;
                var (result, citizen) = keys.Verify(person.Credential, shownAt);
                return new Scan(citizen, null, result.Payload is { Printed: true } payload ? payload.CodeId : null, result.Refusal is null ? null
                    : result.Refusal.Fault == Credentials.CredentialFault.Expired ? "credential_expired" : "credential_invalid");
            case ScannedPerson.PersonOneofCase.CitizenNumber:
                return CitizenNumber.TryParse(person.CitizenNumber, now, out var number)
                    ? new Scan(null, personalData.Lookup(number.Text), null, null)
                    : new Scan(null, null, null, "citizen_number_invalid");
            default:
                return new Scan(null, null, null, "person_missing");
        }
    }

    private sealed record Scan(CitizenId? Citizen, byte[]? Lookup, Guid? Printed, string? Fault);
}
