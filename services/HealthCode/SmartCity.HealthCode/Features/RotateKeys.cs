using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>An operator has the next key made ahead of its time, or withdraws one that somebody else may have. No replica restarts.</summary>
internal static partial class RotateKeys
{
    /// <param name="CompromisedKeyId">The key to withdraw, as <c>GET /keys</c> names it: codes that it signed are refused everywhere from now on. Absent: only the next key is made.</param>
    public sealed record Request([StringLength(44)] string? CompromisedKeyId = null);

    /// <param name="KeyId">The newest key.</param>
    /// <param name="SignsFrom">From when it signs, UTC.</param>
    public sealed record Response(string KeyId, DateTimeOffset SignsFrom);

    public static void Map(RouteGroupBuilder features) => features.MapPost("/keys/rotation", HandleAsync)
        .WithName("RotateKeys")
        .WithSummary("Make the next signing key now, or withdraw one; repeated, nothing more happens")
        .WithExample(new Request("3fPk1y0mYbA="), new Response("Ux3dQ0ZrJ2E=", new DateTimeOffset(2022, 3, 21, 8, 0, 0, TimeSpan.Zero)))
        .Allow(Roles.Operator);

    private static async Task<Results<Ok<Response>, Refusal>> HandleAsync(
        Request request, Caller caller, CredentialKeys keys, SignedLists lists, ILogger<Request> logger, CancellationToken cancellationToken)
    {
        if (await keys.RefreshAsync(request.CompromisedKeyId, ahead: request.CompromisedKeyId is null, cancellationToken) is not { } newest)
            return Refusal.NotFound("key_unknown");
        await lists.RefreshAsync(CancellationToken.None);
        Rotated(logger, caller.AccountId, newest.KeyId, request.CompromisedKeyId);
        return TypedResults.Ok(new Response(newest.KeyId, newest.SignsFrom));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operator {AccountId} rotated keys: {KeyId} is the newest, {Withdrawn} withdrawn")]
    private static partial void Rotated(ILogger logger, Guid accountId, string keyId, string? withdrawn);
}
