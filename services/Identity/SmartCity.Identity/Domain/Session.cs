using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.Identity.Domain;

/// <summary>What one sign-in began: the family of its refresh tokens, which ends as a whole.</summary>
internal sealed class Session
{
    public Guid Id { get; private init; }

    public Guid AccountId { get; private init; }

    public string ClientId { get; private init; } = "";

    public DateTimeOffset BeganAt { get; private init; }

    /// <summary>However often it is renewed, one signs in again then.</summary>
    public DateTimeOffset ExpiresAt { get; private init; }

    public DateTimeOffset? EndedAt { get; set; }

    public static Session Begin(Account account, string clientId, TimeSpan lifetime, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        AccountId = account.Id,
        ClientId = clientId,
        BeganAt = now,
        ExpiresAt = now + lifetime,
    };
}

/// <summary>A refresh token as it is kept: it works once, and its second use ends the session (RFC 9700 §4.14).</summary>
internal sealed class RefreshToken
{
    private const int Bytes = 32;

    public byte[] Hash { get; private init; } = [];

    public Guid SessionId { get; private init; }

    public DateTimeOffset IssuedAt { get; private init; }

    public DateTimeOffset? UsedAt { get; private init; }

    public static (RefreshToken Kept, string Token) Create(Session session, DateTimeOffset now)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        return (new RefreshToken { Hash = HashOf(token), SessionId = session.Id, IssuedAt = now }, token);
    }

    // 256 random bits need neither salt nor key.
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
