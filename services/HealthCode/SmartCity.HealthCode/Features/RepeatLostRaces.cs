using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmartCity.HealthCode.Data;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Repeats a request whose save lost a race against another change of the same person (an exposure that arrived, the same request sent twice):
/// nothing of it was saved, and now it sees what the other did. A caller hears <c>conflict_retry</c> only after many in a row.
/// </summary>
internal sealed class RepeatLostRaces(HealthCodeDb db) : IEndpointFilter
{
    private const int Attempts = 10;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await next(context);
            }
            catch (DbUpdateException lost) when (attempt < Attempts && IsLostRace(lost))
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    private static bool IsLostRace(DbUpdateException fault) =>
        fault is DbUpdateConcurrencyException or { InnerException: PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } };
}
