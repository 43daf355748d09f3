using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// Around everything under <c>/me</c>: a proxy acts only for the person whom the token names, and what they do is recorded before they see it.
/// </summary>
internal sealed class RecordProxies(HealthCodeDb db, AccessLog log, TimeProvider clock) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = Caller.From(context.HttpContext.User);
        if (caller.ActorId is not { } actor) return caller.Is(Roles.Citizen) ? await next(context) : Refusal.Forbidden("consent_missing");

        // After the handler, because the person may not be known before; the answer is written after both.
        var answer = await next(context);
        var cancellationToken = context.HttpContext.RequestAborted;
        if (await db.Citizens.AsNoTracking().FirstOrDefaultAsync(person => person.AccountId == caller.AccountId, cancellationToken) is { } citizen)
        {
            var look = new AccessRecord { CitizenId = citizen.Id, Reader = actor.ToString(), Purpose = AccessPurpose.ActingForYou, At = clock.GetUtcNow() };
            await log.WriteAsync([look], cancellationToken);
        }

        return answer;
    }
}
