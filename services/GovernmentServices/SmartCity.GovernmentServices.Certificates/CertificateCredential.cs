using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Certificates;

/// <summary>
/// A certificate as a W3C Verifiable Credential 2.0, secured with SD-JWT (W3C VC-JOSE-COSE, <c>vc+sd-jwt</c>; RFC 9901): the city signs digests of what it says about
/// the holder, and the holder shows the city's words for what they choose. Text: the signed part, then each shown claim, each followed by <c>~</c>.
/// </summary>
public static class CertificateCredential
{
    /// <summary>The type in the header.</summary>
    public const string JwsType = "vc+sd-jwt";

    private const int SaltBytes = 16;

    /// <summary>Signs a certificate, with everything that it says.</summary>
    /// <param name="statement">What everybody sees.</param>
    /// <param name="claims">What the holder shows or does not show.</param>
    /// <param name="key">The city's key.</param>
    public static string Issue(CertificateStatement statement, IReadOnlyDictionary<string, JsonNode?> claims, OpenedKey key)
    {
        string[] disclosures = [.. claims.Select(claim => Disclose(claim.Key, claim.Value))];
        var payload = new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"),
            ["id"] = $"{statement.Issuer}/{statement.Number}",
            ["type"] = new JsonArray("VerifiableCredential", statement.Type),
            ["issuer"] = new JsonObject { ["id"] = statement.Issuer, ["name"] = statement.IssuerName },
            ["validFrom"] = Time(statement.ValidFrom),
            ["credentialStatus"] = new JsonObject
            {
                ["id"] = $"{statement.StatusList}#{statement.StatusIndex}", ["type"] = "BitstringStatusListEntry", ["statusPurpose"] = "revocation",
                ["statusListIndex"] = statement.StatusIndex.ToString(CultureInfo.InvariantCulture), ["statusListCredential"] = statement.StatusList,
            },
            // Sorted, so that the order says nothing about what is behind a digest.
            ["credentialSubject"] = new JsonObject { ["_sd"] = new JsonArray([.. disclosures.Select(Digest).Order(StringComparer.Ordinal).Select(digest => (JsonNode)digest)]) },
            ["_sd_alg"] = "sha-256",
        };
        if (statement.ValidUntil is { } end) payload["validUntil"] = Time(end);
        return string.Concat(Jws.Sign(key, JwsType, JsonSerializer.SerializeToUtf8Bytes(payload)), "~", string.Concat(disclosures.Select(disclosure => $"{disclosure}~")));
    }

    /// <summary>The same certificate with some of its claims only. Needs no key: the holder can do it anywhere.</summary>
    /// <param name="credential">As issued, or as shown with more.</param>
    /// <param name="show">Names of the claims to show; unknown ones are left out.</param>
    public static string Present(string credential, IReadOnlyCollection<string> show)
    {
        var parts = credential.Split('~');
        return string.Concat(parts[0], "~", string.Concat(parts[1..].Where(part => Read(part) is var (name, _) && show.Contains(name)).Select(part => $"{part}~")));
    }

    /// <summary>What is shown, unchecked: for whoever has the certificate from the city itself.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Claims(string credential) =>
        credential.Split('~')[1..].Select(Read).OfType<(string, JsonElement)>();

    /// <summary>Checks a certificate that is shown, without asking anybody.</summary>
    /// <param name="text">What is shown.</param>
    /// <param name="keys">The city's published keys.</param>
    /// <param name="lists">Verified status lists, see <see cref="StatusList.Verify"/>.</param>
    /// <param name="now">The time, UTC.</param>
    public static CertificateCheck Verify(string text, IEnumerable<PublicKey> keys, IEnumerable<StatusList> lists, DateTimeOffset now)
    {
        var parts = text.Trim().Split('~');
        if (parts.Length < 2 || parts[^1] != "" || parts[0].Count(character => character == '.') != 2) return new CertificateCheck(CertificateVerdict.Malformed);
        if (Jws.Verify(parts[0], JwsType, keys) is not { } payload) return new CertificateCheck(CertificateVerdict.NotOurs);
        try
        {
            using var document = JsonDocument.Parse(payload);
            return Judge(document.RootElement, parts[1..^1], lists, now);
        }
        // Signed by the city, but not what this verifier knows.
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new CertificateCheck(CertificateVerdict.Malformed);
        }
    }

    private static CertificateCheck Judge(JsonElement root, string[] disclosures, IEnumerable<StatusList> lists, DateTimeOffset now)
    {
        if (root.GetProperty("_sd_alg").GetString() != "sha-256") return new CertificateCheck(CertificateVerdict.Malformed);
        var digests = root.GetProperty("credentialSubject").GetProperty("_sd").EnumerateArray().Select(digest => digest.GetString()!).ToHashSet();
        var claims = new Dictionary<string, JsonElement>();
        foreach (var disclosure in disclosures)
        {
            // A claim that was not signed, or is shown twice, makes the whole worthless: somebody tried.
            if (!digests.Remove(Digest(disclosure)) || Read(disclosure) is not var (name, value) || name is "_sd" or "..." || !claims.TryAdd(name, value))
                return new CertificateCheck(CertificateVerdict.Altered);
        }

        var status = root.GetProperty("credentialStatus");
        var list = status.GetProperty("statusListCredential").GetString()!;
        var statement = new CertificateStatement(
            root.GetProperty("id").GetString()!.Split('/')[^1], root.GetProperty("type")[1].GetString()!, root.GetProperty("issuer").GetProperty("id").GetString()!,
            root.GetProperty("issuer").GetProperty("name").GetString()!, root.GetProperty("validFrom").GetDateTimeOffset(),
            root.TryGetProperty("validUntil", out var end) ? end.GetDateTimeOffset() : null, list,
            int.Parse(status.GetProperty("statusListIndex").GetString()!, NumberStyles.None, CultureInfo.InvariantCulture));
        var known = lists.Where(candidate => candidate.Id == list && now < candidate.ValidUntil).MaxBy(candidate => candidate.ValidUntil);
        var verdict = now < statement.ValidFrom ? CertificateVerdict.NotYetValid
            : now >= statement.ValidUntil ? CertificateVerdict.Expired
            : known is null ? CertificateVerdict.StatusUnknown
            : known.IsRevoked(statement.StatusIndex) ? CertificateVerdict.Revoked
            : CertificateVerdict.Valid;
        return new CertificateCheck(verdict, statement, claims);
    }

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Disclose(string name, JsonNode? value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
        new JsonArray(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SaltBytes)), name, value?.DeepClone())));

    private static string Digest(string disclosure) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(disclosure)));

    private static (string Name, JsonElement Value)? Read(string disclosure)
    {
        if (!Base64Url.IsValid(disclosure)) return null;
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(disclosure));
            return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.GetArrayLength() == 3
                ? (document.RootElement[1].GetString()!, document.RootElement[2].Clone())
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>What a certificate says to everybody.</summary>
/// <param name="Number">Its identifier, see <see cref="CertificateNumber"/>.</param>
/// <param name="Type">The type's key.</param>
/// <param name="Issuer">Address of the city's certificates; with the identifier behind it, the address at which it can be asked for.</param>
/// <param name="IssuerName">Name of the department.</param>
/// <param name="ValidFrom">From when, UTC.</param>
/// <param name="ValidUntil">Until when, UTC, not included; null without end.</param>
/// <param name="StatusList">Where the list is published that names it when it is revoked.</param>
/// <param name="StatusIndex">Its place in the list.</param>
public sealed record CertificateStatement(
    string Number, string Type, string Issuer, string IssuerName, DateTimeOffset ValidFrom, DateTimeOffset? ValidUntil, string StatusList, int StatusIndex);

/// <summary>What a check found.</summary>
/// <param name="Verdict">The finding.</param>
/// <param name="Statement">What it says to everybody; null where it cannot be trusted to say anything.</param>
/// <param name="Claims">What the holder shows; null likewise.</param>
public sealed record CertificateCheck(CertificateVerdict Verdict, CertificateStatement? Statement = null, IReadOnlyDictionary<string, JsonElement>? Claims = null);

/// <summary>What a check finds.</summary>
public enum CertificateVerdict
{
    /// <summary>Issued by the city, in force, not revoked.</summary>
    Valid,

    /// <summary>Not a certificate of this kind.</summary>
    Malformed,

    /// <summary>Not signed by a published key of the city.</summary>
    NotOurs,

    /// <summary>Something was added that the city did not sign.</summary>
    Altered,

    /// <summary>Its time has not begun.</summary>
    NotYetValid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The city took it back.</summary>
    Revoked,

    /// <summary>Good, but no current status list is at hand: it may have been revoked.</summary>
    StatusUnknown,
}
