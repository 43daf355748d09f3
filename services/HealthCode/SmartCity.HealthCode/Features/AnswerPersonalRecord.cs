using System.Globalization;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A department fills in a form for a person: it gets who they are, and the person sees that it did, for what, before it has the answer.</summary>
internal sealed class AnswerPersonalRecord(HealthCodeDb db, PersonalData personalData, AccessLog log, TimeProvider clock) : PersonalRecords.PersonalRecordsBase
{
    public override async Task<GetPersonalRecordReply> GetPersonalRecord(GetPersonalRecordRequest request, ServerCallContext context)
    {
        var cancellationToken = context.CancellationToken;
        if (!Guid.TryParse(request.AccountId, out var account)) throw Refusal.Invalid("person_missing").ToRpcException();
        var purpose = request.Purpose switch
        {
            Purpose.Form => AccessPurpose.Form,
            Purpose.OwnRecords => AccessPurpose.OwnRecords,
            _ => throw Refusal.Invalid("purpose_missing").ToRpcException(),
        };
        if (!Guid.TryParse(request.ConsentReference, out var reference)) throw Refusal.Invalid("reference_missing").ToRpcException();

        var citizen = await db.Citizens.AsNoTracking().FirstOrDefaultAsync(person => person.AccountId == account, cancellationToken);
        if (citizen?.SealedName is not { } name) throw Refusal.NotFound("not_registered").ToRpcException();

        var reader = context.GetHttpContext().User.FindFirst(CityClaims.ClientId)?.Value ?? "unknown";
        var look = new AccessRecord { CitizenId = citizen.Id, Reader = reader, Purpose = purpose, At = clock.GetUtcNow(), Reference = reference };
        await log.WriteAsync([look], cancellationToken);

        var number = CitizenNumber.OfKept(citizen.Open(citizen.SealedNumber, personalData));
        return new GetPersonalRecordReply
        {
            CitizenId = citizen.Id.Value.ToString(),
            Name = citizen.Open(name, personalData),
            CitizenNumber = number.Text,
            Phone = citizen.SealedPhone is { } phone ? citizen.Open(phone, personalData) : "",
            BirthDate = number.BirthDate.ToString("O", CultureInfo.InvariantCulture),
            Sex = number.IsMale ? Sex.Male : Sex.Female,
            HomeCell = citizen.HomeCell ?? "",
        };
    }
}
