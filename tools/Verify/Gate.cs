using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.Verify;

/// <summary>
/// What a gate without a connection does: it carries a root key, a list of trusted keys and a list of revoked codes in a folder, and checks shown
/// codes with them alone.
/// </summary>
public static class Gate
{
    private const int Accepted = 0;
    private const int Refused = 1;
    private const int NotChecked = 2;

    private const string RootFile = "root.jwk", TrustFile = "trust-list.cose", RevocationFile = "revocation-list.cose";

    private static readonly string[] Colours = ["unknown", "green", "yellow", "red"];

    /// <summary>How it is called.</summary>
    public const string Usage = """
        verify fetch --from ADDRESS --folder FOLDER   gets root key (once; compare its fingerprint with the printed one), trust list and revocation list
        verify code TEXT --folder FOLDER [--time T]   checks a shown code, offline; TEXT may be - for standard input
        verify trust-list --folder FOLDER [--time T]
        verify revocation-list --folder FOLDER [--time T]
        Exit code 0: accepted; 1: refused, and why; 2: could not be checked.
        """;

    /// <summary>Runs a command.</summary>
    /// <param name="args">The command and its options.</param>
    /// <param name="http">Reaches the city, for <c>fetch</c>.</param>
    /// <param name="clock">The gate's clock.</param>
    /// <param name="output">Says what was found.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, HttpClient http, TimeProvider clock, TextWriter output)
    {
        try
        {
            var now = clock.GetUtcNow();
            return args switch
            {
                ["fetch", "--from", var from, "--folder", var folder] when Uri.TryCreate(from, UriKind.Absolute, out var at) => await FetchAsync(at, folder, http, output),
                ["code", var text, "--folder", var folder, .. var rest] when TryTime(rest, ref now) => Code(text == "-" ? Console.In.ReadToEnd().Trim() : text, folder, now, output),
                ["trust-list", "--folder", var folder, .. var rest] when TryTime(rest, ref now) => Trust(folder, now, output),
                ["revocation-list", "--folder", var folder, .. var rest] when TryTime(rest, ref now) => Revocations(folder, now, output),
                _ => Say(output, NotChecked, Usage),
            };
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException or CryptographicException or FormatException)
        {
            return Say(output, NotChecked, $"Not checked: {fault.Message}");
        }
    }

    private static async Task<int> FetchAsync(Uri city, string folder, HttpClient http, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        var root = Path.Combine(folder, RootFile);
        // The root is what everything rests on: it is never replaced by what a network says.
        if (!File.Exists(root)) await File.WriteAllBytesAsync(root, await http.GetByteArrayAsync(new Uri(city, "/health-code/v1/trust-list/key")));
        await output.WriteLineAsync($"Root key {Fingerprint(ReadRoot(folder))}: compare it with the printed one.");
        foreach (var (file, path) in new[] { (TrustFile, "trust-list"), (RevocationFile, "revocation-list") })
        {
            // Written beside and moved: a gate that is cut off keeps what it had.
            var fresh = Path.Combine(folder, $"{file}.new");
            await File.WriteAllBytesAsync(fresh, await http.GetByteArrayAsync(new Uri(city, $"/health-code/v1/{path}")));
            File.Move(fresh, Path.Combine(folder, file), overwrite: true);
        }

        return OpenRevocations(folder, out _, out var refusal) ? Accepted : Say(output, Refused, $"Refused: {refusal}");
    }

    private static int Code(string text, string folder, DateTimeOffset now, TextWriter output)
    {
        if (!OpenTrust(folder, out var trusted, out var refusal)) return Say(output, NotChecked, $"Not checked: the trust list is refused: {refusal}");
        if (!OpenRevocations(folder, out var revoked, out refusal)) return Say(output, NotChecked, $"Not checked: the revocation list is refused: {refusal}");
        // Old lists are better than none, but whoever stands at the gate must know.
        if (now >= trusted.ValidUntil || now >= revoked.ValidUntil) output.WriteLine($"Warning: the lists are of {revoked.IssuedAt:u}; fetch new ones.");

        var result = CityCode.Verify(text, new KeyRing(trusted.Keys), now);
        if (result.Refusal is { } fault) return Say(output, Refused, $"Refused: {fault.Fault}, {fault.Detail}{(result.Payload is { } old ? $", issued {old.IssuedAt:u}" : "")}");
        var payload = result.Payload!;
        if (revoked.Filter.Contains(RevocationId.OfCityCode(payload.CodeId))) return Say(output, Refused, "Refused: Revoked");
        var colour = payload.ColourHolds(now) ? Colours.ElementAtOrDefault(payload.Colour) ?? Colours[0] : "no colour any more: look it up";
        var age = payload.AsOf is { } asOf ? $", as of {asOf:u}" : "";
        return Say(output, Accepted, $"Accepted: {colour}{age}, issued {payload.IssuedAt:u}, ends {payload.ValidUntil:u}{(payload.Printed ? ", printed: compare with the ID card" : "")}");
    }

    private static int Trust(string folder, DateTimeOffset now, TextWriter output)
    {
        if (!OpenTrust(folder, out var list, out var refusal)) return Say(output, Refused, $"Refused: {refusal}");
        foreach (var key in list.Keys) output.WriteLine($"{key.Id}  {key.Algorithm}");
        return Ended(now, list.IssuedAt, list.ValidUntil, $"{list.Keys.Count} keys", output);
    }

    private static int Revocations(string folder, DateTimeOffset now, TextWriter output) =>
        OpenRevocations(folder, out var list, out var refusal)
            ? Ended(now, list.IssuedAt, list.ValidUntil, $"{list.Filter.Count} revoked codes", output)
            : Say(output, Refused, $"Refused: {refusal}");

    private static int Ended(DateTimeOffset now, DateTimeOffset issuedAt, DateTimeOffset validUntil, string what, TextWriter output) =>
        now < validUntil
            ? Say(output, Accepted, $"Accepted: {what}, issued {issuedAt:u}, ends {validUntil:u}")
            : Say(output, Refused, $"Refused: Expired, {what}, issued {issuedAt:u}, ended {validUntil:u}");

    private static bool OpenTrust(string folder, out TrustList list, out string? refusal)
    {
        var opened = TrustList.TryOpen(File.ReadAllBytes(Path.Combine(folder, TrustFile)), new KeyRing([ReadRoot(folder)]), out var read, out var fault);
        (list, refusal) = (read!, fault is null ? null : $"{fault.Fault}, {fault.Detail}");
        return opened;
    }

    private static bool OpenRevocations(string folder, out RevocationList list, out string? refusal)
    {
        list = null!;
        if (!OpenTrust(folder, out var trusted, out refusal)) return false;
        var opened = RevocationList.TryOpen(File.ReadAllBytes(Path.Combine(folder, RevocationFile)), new KeyRing(trusted.Keys), out var read, out var fault);
        (list, refusal) = (read!, fault is null ? null : $"{fault.Fault}, {fault.Detail}");
        return opened;
    }

    private static VerificationKey ReadRoot(string folder)
    {
        var jwk = JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, RootFile))).GetProperty("keys")[0];
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
        });
        return new VerificationKey(new KeyId(jwk.GetProperty("kid").GetString()!), key.ExportSubjectPublicKeyInfo());
    }

    private static string Fingerprint(VerificationKey key) => Convert.ToHexStringLower(SHA256.HashData(key.SubjectPublicKeyInfo.Span));

    private static bool TryTime(string[] rest, ref DateTimeOffset now) =>
        rest.Length == 0 || (rest is ["--time", var time] && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out now));

    private static int Say(TextWriter output, int code, string text)
    {
        output.WriteLine(text);
        return code;
    }
}
