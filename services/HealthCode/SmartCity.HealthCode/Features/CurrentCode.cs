using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Reads a person with their code as it stands now: a code whose end has passed, or that another policy gave, is decided and saved first.
/// </summary>
internal static class CurrentCode
{
    private const int Attempts = 5;

    /// <summary>The person whose account calls; null until they have registered.</summary>
    public static Task<Citizen?> RegisteredAsync(this HealthCodeDb db, ServiceDefaults.Caller caller, CancellationToken cancellationToken) =>
        db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(person => person.AccountId == caller.AccountId, cancellationToken);

    /// <summary>Asks the rules about a person whose evidence has changed; what follows waits for the save.</summary>
    public static async Task ReconsiderAsync(
        this HealthCodeDb db, Citizen citizen, PolicyBook policies, ChangeCause cause, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
        db.Record(citizen.Code.Reconsider(policies.Require(citizen, now), evidence, cause, now), citizen.HomeCell);
    }

    public static async Task<Citizen?> FindAsync(
        HealthCodeDb db, PolicyBook policies, Expression<Func<Citizen, bool>> who, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var citizen = await db.Citizens.Include(person => person.Code).FirstOrDefaultAsync(who, cancellationToken);
            if (citizen is null || policies.Require(citizen, now) is var policy && !citizen.Code.IsDue(policy, now)) return citizen;

            var cause = citizen.Code.PolicyVersion == policy.Version ? ChangeCause.TimePassed : ChangeCause.PolicyChanged;
            var evidence = await db.EvidenceOfAsync(citizen, cancellationToken);
            db.Record(citizen.Code.Reconsider(policy, evidence, cause, now), citizen.HomeCell);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return citizen;
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // Somebody else decided at the same moment: see what they came to.
                db.ChangeTracker.Clear();
            }
        }
    }
}
