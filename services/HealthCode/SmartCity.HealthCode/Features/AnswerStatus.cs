using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Another department asks for one person's status: two point queries, unless the code's end has passed. The person sees who asked and why.
/// </summary>
internal sealed class AnswerStatus(HealthCodeDb db, PolicyBook policies, CredentialKeys keys, AccessLog log, FailedRules failed, TimeProvider clock)
    : HealthCodes.HealthCodesBase
{
    private static readonly Func<HealthCodeDb, Guid, CancellationToken, Task<Citizen?>> ByAccount = EF.CompileAsyncQuery(
        (HealthCodeDb db, Guid account, CancellationToken _) =>
            db.Citizens.AsNoTracking().Include(person => person.Code).FirstOrDefault(person => person.AccountId == account));

    private static readonly Func<HealthCodeDb, CitizenId, CancellationToken, Task<Citizen?>> ById = EF.CompileAsyncQuery(
        (HealthCodeDb db, CitizenId id, CancellationToken _) =>
            db.Citizens.AsNoTracking().Include(person => person.Code).FirstOrDefault(person => person.Id == id));

    private static readonly Func<HealthCodeDb, CitizenId, CancellationToken, Task<DateTimeOffset?>> LastNegativeSample = EF.CompileAsyncQuery(
        (HealthCodeDb db, CitizenId id, CancellationToken _) => db.Evidence
            .Where(fact => fact.CitizenId == id && fact.Kind == EvidenceKind.NegativeResult && fact.WithdrawnAt == null)
            .Max(fact => (DateTimeOffset?)fact.At));

    public override async Task<GetStatusReply> GetStatus(GetStatusRequest request, ServerCallContext context)
    {
        var (now, cancellationToken) = (clock.GetUtcNow(), context.CancellationToken);
        AccessPurpose? purpose = request.Purpose switch
        {
            Purpose.Admission => AccessPurpose.Admission,
            Purpose.Booking => AccessPurpose.Booking,
            // The person reads their own records elsewhere: nobody else looks.
            Purpose.OwnRecords => null,
            _ => throw Refusal.Invalid("purpose_missing").ToRpcException(),
        };
        // A conflict, not unavailable: asking again at once does not help.
        if (policies.InForce(now) is null) throw Refusal.Conflict(PolicyBook.NotLoaded.Code).ToRpcException();

        var citizen = await FindAsync(request, now, cancellationToken) ?? throw Refusal.NotFound("citizen_unknown").ToRpcException();
        if (citizen.Code.IsDue(policies.Require(citizen, now), now))
        {
            var id = citizen.Id;
            citizen = await DecideAsync(id, now, cancellationToken) ?? citizen;
        }

        var reader = context.GetHttpContext().User.FindFirst(CityClaims.ClientId)?.Value ?? "unknown";
        if (purpose is { } why) await log.WriteSoonAsync(new AccessRecord { CitizenId = citizen.Id, Reader = reader, Purpose = why, At = now }, cancellationToken);
        return new GetStatusReply
        {
            CitizenId = citizen.Id.Value.ToString(),
            Color = (CodeColor)citizen.Code.Color,
            ValidUntil = citizen.Code.ValidUntil.ToTimestamp(),
            Version = citizen.Code.Version,
            LastNegativeSampleAt = (await LastNegativeSample(db, citizen.Id, cancellationToken))?.ToTimestamp(),
        };
    }

    private async Task<Citizen?> DecideAsync(CitizenId id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await CurrentCode.FindAsync(db, policies, person => person.Id == id, now, cancellationToken);
        }
        catch (RuleFailedException fault)
        {
            failed.Note(fault);
            throw Refusal.Conflict(FailClosed.PolicyFailed.Code).ToRpcException();
        }
    }

    private Task<Citizen?> FindAsync(GetStatusRequest request, DateTimeOffset now, CancellationToken cancellationToken) => request.PersonCase switch
    {
        GetStatusRequest.PersonOneofCase.AccountId when Guid.TryParse(request.AccountId, out var account) => ByAccount(db, account, cancellationToken),
        GetStatusRequest.PersonOneofCase.CitizenId when Guid.TryParse(request.CitizenId, out var id) => ById(db, new CitizenId(id), cancellationToken),
        GetStatusRequest.PersonOneofCase.Credential => FindShownAsync(request.Credential, now, cancellationToken),
        _ => throw Refusal.Invalid("person_missing").ToRpcException(),
    };

    private async Task<Citizen?> FindShownAsync(string credential, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (result, citizen) = (await VerifyCredential.ReadAsync([credential], db, keys, now, cancellationToken))[0];
        if (citizen is { } id) return await ById(db, id, cancellationToken);
        var code = result.Refusal?.Fault == Credentials.CredentialFault.Expired ? "credential_expired" : "credential_invalid";
        throw Refusal.Invalid(code).ToRpcException();
    }
}
