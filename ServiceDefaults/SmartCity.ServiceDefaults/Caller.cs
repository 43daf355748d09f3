using System.Reflection;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SmartCity.ServiceDefaults;

/// <summary>Who is calling, from a token that has been checked. A parameter of this type is filled in on every endpoint that needs it.</summary>
/// <param name="AccountId">The account whose matters these are: the caller's own, or that of the person a proxy acts for.</param>
/// <param name="ActorId">The proxy's account where somebody acts for the person; otherwise null.</param>
/// <param name="Roles">The roles in the token, see <see cref="ServiceDefaults.Roles"/>.</param>
/// <param name="Department">The officer's department; null for people who have none.</param>
public sealed record Caller(Guid AccountId, Guid? ActorId, IReadOnlyList<string> Roles, string? Department)
{
    /// <summary>Who does it: the proxy if there is one, otherwise the person. This is whom records name.</summary>
    public Guid Actor => ActorId ?? AccountId;

    /// <summary>Whether the token holds the role.</summary>
    public bool Is(string role) => Roles.Contains(role);

    /// <summary>Reads the caller from a principal.</summary>
    /// <exception cref="InvalidOperationException">The principal is not a person: the endpoint lets in whom it cannot serve.</exception>
    public static Caller From(ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(CityClaims.Subject), out var account)
            ? new Caller(account, ActorOf(user), [.. user.FindAll(CityClaims.Role).Select(claim => claim.Value)], user.FindFirstValue(CityClaims.Department))
            : throw new InvalidOperationException("The endpoint asks for a person but lets in callers that are none.");

    /// <summary>Binds the parameter of an endpoint.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Caller?>(From(context.User));

    private static Guid? ActorOf(ClaimsPrincipal user)
    {
        if (user.FindFirstValue(CityClaims.Actor) is not { } json) return null;
        using var actor = JsonDocument.Parse(json);
        return actor.RootElement.GetProperty(CityClaims.Subject).GetGuid();
    }
}
