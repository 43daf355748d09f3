using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.HealthCode.Domain;

/// <summary>What the public log tells of.</summary>
internal enum PublicEntryKind
{
    OverrideApproved = 1,
    OverrideRevoked = 2,
    AreaRiskAccepted = 3,
    AreaRiskWithdrawn = 4,
    PolicyReleased = 5,
    PolicyRolledBack = 6,
}

/// <summary>
/// An entry of the public log: what officers did with the power that they have, without personal data. Each holds the hash of the one before, so that
/// nothing in the middle can be changed, left out or slipped in unseen.
/// </summary>
internal sealed class PublicEntry
{
    /// <summary>What the first entry names as the hash before it.</summary>
    public static readonly string Beginning = new('0', 64);

    /// <summary>1, 2, 3 and so on, without gaps.</summary>
    public long Seq { get; init; }

    /// <summary>When, UTC, ISO 8601 to the microsecond; text, because it is hashed.</summary>
    public required string At { get; init; }

    public PublicEntryKind Kind { get; init; }

    /// <summary>What was done, a JSON object, exactly as it was hashed.</summary>
    public required string Content { get; init; }

    /// <summary>Hash of the entry before, hexadecimal.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 over the five members before, each in a line of its own, UTF-8, hexadecimal.</summary>
    public required string Hash { get; init; }

    public static PublicEntry After(PublicEntry? last, PublicEntryKind kind, string content, DateTimeOffset now)
    {
        var (seq, previous) = ((last?.Seq ?? 0) + 1, last?.Hash ?? Beginning);
        var at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return new PublicEntry { Seq = seq, At = at, Kind = kind, Content = content, Previous = previous, Hash = HashOf(seq, at, kind, content, previous) };
    }

    /// <summary>Whether it follows the entry before, unchanged.</summary>
    public bool Follows(PublicEntry? before) =>
        Seq == (before?.Seq ?? 0) + 1 && Previous == (before?.Hash ?? Beginning) && Hash == HashOf(Seq, At, Kind, Content, Previous);

    private static string HashOf(long seq, string at, PublicEntryKind kind, string content, string previous)
    {
        var word = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seq}\n{at}\n{word}\n{content}\n{previous}"))));
    }
}
