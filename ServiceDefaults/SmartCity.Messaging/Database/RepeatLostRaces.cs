using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>
/// Repeats a request whose save lost a race against another change of the same matter (an event that arrived, the same request sent twice):
/// nothing of it was saved, and now it sees what the other did. A caller hears <c>conflict_retry</c> only after many in a row.
/// </summary>
/// <typeparam name="TDb">The service's context. What a handler does beside saving must be safe to repeat.</typeparam>
public sealed class RepeatLostRaces<TDb>(TDb db) : IEndpointFilter
    where TDb : DbContext
{
    private const int Attempts = 10;

    /// <inheritdoc />
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await next(context);
            }
            catch (DbUpdateException lost) when (attempt < Attempts && LostRaces.Is(lost))
            {
                db.ChangeTracker.Clear();
            }
        }
    }
}

/// <summary>Tells a save that lost a race from one that went wrong.</summary>
public static class LostRaces
{
    /// <summary>Whether another change of the same rows came first: repeated on what they are now, the save may succeed.</summary>
    public static bool Is(DbUpdateException fault) =>
        fault is DbUpdateConcurrencyException or { InnerException: PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } };
}
