using System.Diagnostics.CodeAnalysis;
using SmartCity.HealthCode.Credentials.Cose;

namespace SmartCity.HealthCode.Credentials;

/// <summary>
/// How a signed message travels in a QR code (eHN HCERT 1.0.5 §4): prefix, Base45, zlib, COSE_Sign1. The European certificate and the
/// city's own code differ in prefix, size and strictness only.
/// </summary>
internal sealed record Envelope(string Prefix, int MaxCharacters, int MaxBytes, bool Deterministic)
{
    /// <summary>Longest alphanumeric content of any QR code (ISO/IEC 18004, version 40-L).</summary>
    private const int LargestQrCode = 4296;

    public static readonly Envelope Dcc = new("HC1:", LargestQrCode, 16 * 1024, Deterministic: false);

    /// <summary>Version 10-L holds 395 characters; what the city signs is smaller.</summary>
    public static readonly Envelope City = new("SC1:", 395, 1024, Deterministic: true);

    public string Pack(byte[] message) => Prefix + Base45.Encode(Zlib.Compress(message));

    public bool TryOpen(string text, [NotNullWhen(true)] out CoseSign1? message, [NotNullWhen(false)] out Refusal? refusal)
    {
        message = null;
        refusal = null;
        if (text.Length > MaxCharacters)
            refusal = new(CredentialFault.TooLong, $"longer than {MaxCharacters} characters");
        else if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            refusal = new(CredentialFault.Prefix, $"does not start with {Prefix}");
        else if (!Base45.TryDecode(text.AsSpan(Prefix.Length), out var compressed))
            refusal = new(CredentialFault.Base45, "not Base45");
        else if (!Zlib.TryDecompress(compressed, MaxBytes, out var encoded))
            refusal = new(CredentialFault.Compression, $"not a zlib stream of at most {MaxBytes} bytes");
        else if (!CoseSign1.TryParse(encoded, Deterministic, out message, out var fault))
            refusal = new(CredentialFault.Cose, fault);
        return refusal is null;
    }
}
