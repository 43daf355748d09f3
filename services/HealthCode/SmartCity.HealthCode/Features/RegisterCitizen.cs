using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A person registers with their real name and ID number, once; repeated, it brings name, phone and home up to date.</summary>
internal static partial class RegisterCitizen
{
    /// <param name="Name">The name as on the ID card.</param>
    /// <param name="CitizenNumber">The ID number (GB 11643), 18 characters.</param>
    /// <param name="Phone">Digits, with a leading + for a foreign number.</param>
    /// <param name="Home">Where the person lives; only its cell of the city grid is kept.</param>
    public sealed record Request(
        [Required, StringLength(100, MinimumLength = 1)] string Name,
        [Required, StringLength(18, MinimumLength = 18)] string CitizenNumber,
        [RegularExpression(@"^\+?[0-9]{7,15}$")] string? Phone = null,
        Position? Home = null);

    /// <param name="Latitude">WGS 84 degrees.</param>
    /// <param name="Longitude">WGS 84 degrees.</param>
    public sealed record Position([Range(-90.0, 90.0)] double Latitude, [Range(-180.0, 180.0)] double Longitude);

    public static void Map(RouteGroupBuilder me) => me.MapPut("", HandleAsync)
        .WithName("RegisterMe")
        .WithSummary("Register with the real name, or bring name, phone and home up to date")
        .WithExample(new Request("王芳", "310101197001010012", "13800000001", new Position(31.2304, 121.4737)), Registration.Example)
        .Allow(Roles.Citizen, Roles.Proxy);

    private static async Task<Results<Ok<Registration>, Refusal>> HandleAsync(
        Request request, Caller caller, HealthCodeDb db, PersonalData personalData, PolicyBook policies, TimeProvider clock, ILogger<Request> logger,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (policies.InForce(now) is null) return PolicyBook.NotLoaded;
        if (!CitizenNumber.TryParse(request.CitizenNumber, now, out var number)) return Refusal.Invalid("citizen_number_invalid", "citizenNumber");

        var lookup = personalData.Lookup(number.Text);
        var known = await db.Citizens.Include(citizen => citizen.Code)
            .Where(citizen => citizen.AccountId == caller.AccountId || citizen.NumberLookup == lookup)
            .ToListAsync(cancellationToken);
        var ofNumber = known.Find(citizen => citizen.NumberLookup.SequenceEqual(lookup));
        if (ofNumber?.AccountId is { } owner && owner != caller.AccountId) return Refusal.Conflict("citizen_number_taken", "citizenNumber");
        if (known.Any(citizen => citizen != ofNumber)) return Refusal.Conflict("citizen_number_differs", "citizenNumber");

        var citizen = ofNumber ?? db.Add(Citizen.Meet(number, personalData, now)).Entity;
        citizen.Identify(number, request.Name, request.Phone, personalData);
        citizen.BirthDecade = number.BirthDecade;
        var cell = request.Home is { } home ? GridCell.At(home.Latitude, home.Longitude).ToString() : null;
        // The level of risk of where somebody lives is evidence about them.
        if (citizen.RegisteredAt is null || cell != citizen.HomeCell)
        {
            (citizen.AccountId, citizen.RegisteredAt, citizen.HomeCell) = (caller.AccountId, citizen.RegisteredAt ?? now, cell);
            var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
            db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), evidence, ChangeCause.Registered, now), citizen.HomeCell);
        }

        await db.SaveChangesAsync(cancellationToken);
        Registered(logger, citizen.Id.Value);
        return TypedResults.Ok(Registration.Of(citizen, personalData));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Citizen {CitizenId} is registered")]
    private static partial void Registered(ILogger logger, Guid citizenId);
}
