using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.Staff;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>Staff sign in with user name, password and TOTP. Before TOTP is set up, a token lets them do only that.</summary>
internal sealed class StaffGrant(
    IdentityDb db, StaffCredentials credentials, Sessions sessions, AccessTokens tokens, IOptions<ProviderSettings> settings,
    [FromKeyedServices(RealTime.Key)] TimeProvider realTime) : IGrant
{
    /// <summary>The one role of somebody whose TOTP is not set up.</summary>
    public const string Enrolling = "enrolling";

    private const string OwnAudience = "identity";

    public async Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        if (request.UserName is null || request.Password is null) return TokenError.Request;
        if (sessions.PublicClient(request) is not { } client) return TokenError.Client;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (proof, account) = await credentials.CheckAsync(request.UserName, request.Password, request.Totp, cancellationToken);
        if (account is null)
        {
            await transaction.CommitAsync(CancellationToken.None);
            return Refusal(proof);
        }

        var refreshToken = account.TwoFactorEnabled ? sessions.Begin(account, client, realTime.GetUtcNow()) : null;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        var content = account.TwoFactorEnabled
            ? TokenContent.Of(account, client, settings.Value.Audiences)
            : new TokenContent(account.Id.ToString(), client, CityClaims.PeopleScope, [OwnAudience]) { Roles = [Enrolling] };
        return TypedResults.Ok(await tokens.IssueAsync(content, CancellationToken.None) with { RefreshToken = refreshToken });
    }

    private static TokenError Refusal(Proof proof) => proof switch
    {
        Proof.TotpMissing => TokenError.Grant("totp_missing"),
        Proof.TotpUsed => TokenError.Grant("totp_used"),
        Proof.Busy => new TokenError("temporarily_unavailable", "sign_in_busy", StatusCodes.Status429TooManyRequests),
        Proof.Right or Proof.Wrong or _ => TokenError.Grant("credentials_wrong"),
    };
}
