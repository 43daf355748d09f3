using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A person agrees that the city reads their age and the cell of their home from its register, for bookables that are not for everybody.</summary>
internal static class AgreeToBookingFacts
{
    /// <summary>What the record of data uses calls it.</summary>
    public const string Service = "booking";

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPut("/me/booking-facts", AgreeAsync)
            .WithName("AgreeToBookingFacts")
            .WithTags("Booking")
            .WithSummary("With the caller's consent, reads birth date and cell of the home from the city's register; asked for by bookables whose rules need them. The reading is on record: GET /me/data-uses.")
            .WithExample(new BookingConsentRequest(Consent: true), new BookingFactsView("60-79", "3123N12147E", Examples.Start))
            .Allow(Roles.Citizen, Roles.Proxy);
        features.MapDelete("/me/booking-facts", ForgetAsync)
            .WithName("ForgetBookingFacts")
            .WithTags("Booking")
            .WithSummary("Forgets birth date and cell of the home; bookings stay.")
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<Ok<BookingFactsView>, Refusal>> AgreeAsync(
        BookingConsentRequest request, Caller caller, GovernmentServicesDb db, PersonalRecords.PersonalRecordsClient register, PersonalData personalData,
        EligibilityTables tables, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!request.Consent) return Refusal.Invalid("consent_missing", "consent");

        // The consent is on record before the register is asked under its number.
        var now = clock.GetUtcNow();
        var use = new DataUse
        {
            Id = Guid.CreateVersion7(now), AccountId = caller.AccountId, ActorId = caller.Actor, Service = Service, AgreedAt = now, Facts = ["person.birthDate", "person.homeCell"],
        };
        db.Add(use);
        await db.SaveChangesAsync(cancellationToken);

        GetPersonalRecordReply record;
        try
        {
            record = await register.GetPersonalRecordAsync(
                new GetPersonalRecordRequest { AccountId = caller.AccountId.ToString(), Purpose = Purpose.Form, ConsentReference = use.Id.ToString() },
                cancellationToken: cancellationToken);
        }
        catch (RpcException unknown) when (unknown.StatusCode == StatusCode.NotFound)
        {
            return Refusal.Conflict("person_not_registered");
        }

        use.ReadAt = clock.GetUtcNow();
        var age = BookingFacts.AgeOf(DateOnly.ParseExact(record.BirthDate, "O", CultureInfo.InvariantCulture), DateOnly.FromDateTime(now.UtcDateTime));
        var (kept, band) = (personalData.Seal($"{record.BirthDate}|{record.HomeCell}", caller.AccountId), BookingFacts.BandOf(age));
        if (await db.BookingFacts.FindAsync([caller.AccountId], cancellationToken) is { } facts) (facts.Sealed, facts.AgeBand, facts.AgreedAt) = (kept, band, now);
        else db.Add(new BookingFacts { AccountId = caller.AccountId, Sealed = kept, AgeBand = band, AgreedAt = now });
        await db.SaveChangesAsync(cancellationToken);
        tables.Forget(caller.AccountId);
        return TypedResults.Ok(new BookingFactsView(band, record.HomeCell is { Length: > 0 } cell ? cell : null, now));
    }

    private static async Task<NoContent> ForgetAsync(Caller caller, GovernmentServicesDb db, EligibilityTables tables, CancellationToken cancellationToken)
    {
        await db.BookingFacts.Where(facts => facts.AccountId == caller.AccountId).ExecuteDeleteAsync(cancellationToken);
        tables.Forget(caller.AccountId);
        return TypedResults.NoContent();
    }
}

/// <summary>A consent.</summary>
/// <param name="Consent">True: the city may read birth date and home cell from its register for bookings.</param>
public sealed record BookingConsentRequest(bool Consent);

/// <summary>What is kept for bookings.</summary>
/// <param name="AgeBand">For counting who got what: <c>0-17</c>, <c>18-59</c>, <c>60-79</c> or <c>80+</c>. The birth date is kept sealed.</param>
/// <param name="HomeCell">Grid cell of the home; absent where the register does not know it.</param>
/// <param name="AgreedAt">When the caller agreed last, UTC.</param>
public sealed record BookingFactsView(string AgeBand, string? HomeCell, DateTimeOffset AgreedAt);
