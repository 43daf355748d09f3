using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.Identity.Features.People;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.Tokens;

/// <summary>A person signs in with the code that was sent to their phone; the first time makes the account.</summary>
internal sealed class PhoneCodeGrant(
    IdentityDb db, PersonalData personalData, Sessions sessions, AccessTokens tokens, IOptions<ProviderSettings> settings,
    [FromKeyedServices(RealTime.Key)] TimeProvider realTime) : IGrant
{
    public async Task<Results<Ok<TokenAnswer>, TokenError>> HandleAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        if (request.Code is null || !Phone.TryParse(request.Phone, out var phone)) return TokenError.Request;
        if (sessions.PublicClient(request) is not { } client) return TokenError.Client;
        var now = realTime.GetUtcNow();
        var phoneHash = personalData.Lookup(phone.Value);

        var sent = await PhoneCodes.TryAsync(db, phoneHash, request.Code, personalData, now, cancellationToken);
        var account = await db.Accounts.SingleOrDefaultAsync(account => account.PhoneHash == phoneHash, cancellationToken);
        if (sent is null || account is { ClosedAt: not null })
        {
            if (account is not null) db.Audit.Add(AuditEntry.Of(AuditAction.SignInFailed, account.Id, now));
            await db.SaveChangesAsync(cancellationToken);
            return TokenError.Grant("phone_code_wrong");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await PhoneCodes.UseAsync(db, sent, now, cancellationToken)) return TokenError.Grant("phone_code_wrong");

        if (account is null)
        {
            account = Account.OfPhone(phone, personalData, now);
            db.Accounts.Add(account);
            db.Audit.Add(AuditEntry.Of(AuditAction.AccountCreated, account.Id, now));
        }

        var refreshToken = sessions.Begin(account, client, now);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var answer = await tokens.IssueAsync(TokenContent.Of(account, client, settings.Value.Audiences), CancellationToken.None);
        return TypedResults.Ok(answer with { RefreshToken = refreshToken });
    }
}
