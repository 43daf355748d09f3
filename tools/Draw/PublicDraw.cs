using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace SmartCity.Draw;

/// <summary>
/// The draw as it is published, written a second time and without the city's code. The order is that of SHA-256(seed ‖ digest ‖ number);
/// the digest is SHA-256 over all numbers, 16 bytes each, in ascending order.
/// </summary>
public sealed class PublicDraw
{
    private readonly Guid[] drawn;

    private PublicDraw(string digest, Guid[] drawn) => (Digest, this.drawn) = (digest, drawn);

    /// <summary>Of the entries, in hexadecimal: compare it with the one that was published before the seed was told.</summary>
    public string Digest { get; }

    /// <summary>How many entries there are; those that stand there twice count once.</summary>
    public int Count => drawn.Length;

    /// <summary>Repeats a draw.</summary>
    /// <param name="seed">In hexadecimal.</param>
    /// <param name="entries">UTF-8 text, a UUID a line; empty lines do no harm.</param>
    /// <param name="seedHash">SHA-256 of the seed as it was published beforehand, in hexadecimal; null to leave that out.</param>
    /// <exception cref="FormatException">Something is not what it should be; the message says what.</exception>
    public static PublicDraw Repeat(string seed, ReadOnlySpan<byte> entries, string? seedHash = null)
    {
        var secret = Convert.FromHexString(seed.Trim());
        if (seedHash is not null && !string.Equals(Convert.ToHexString(SHA256.HashData(secret)), seedHash.Trim(), StringComparison.OrdinalIgnoreCase))
            throw new FormatException("The seed is not the one whose hash was published.");

        var numbers = Read(entries);
        Array.Sort(numbers);
        var unique = numbers.Length == 0 ? 0 : 1;
        for (var index = 1; index < numbers.Length; index++)
            if (numbers[index] != numbers[index - 1]) numbers[unique++] = numbers[index];
        Array.Resize(ref numbers, unique);

        var bytes = new byte[unique * 16];
        for (var index = 0; index < unique; index++) BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(index * 16), numbers[index]);
        var digest = SHA256.HashData(bytes);

        var keys = new UInt128[unique];
        Parallel.For(0, (unique + 8191) / 8192, block =>
        {
            Span<byte> input = stackalloc byte[secret.Length + 32 + 16];
            Span<byte> output = stackalloc byte[32];
            secret.CopyTo(input);
            digest.CopyTo(input[secret.Length..]);
            for (var index = block * 8192; index < Math.Min(unique, (block + 1) * 8192); index++)
            {
                bytes.AsSpan(index * 16, 16).CopyTo(input[(secret.Length + 32)..]);
                SHA256.HashData(input, output);
                keys[index] = BinaryPrimitives.ReadUInt128BigEndian(output);
            }
        });
        Array.Sort(keys, numbers);
        return new PublicDraw(Convert.ToHexStringLower(digest), [.. numbers.Select(ToGuid)]);
    }

    /// <summary>The numbers that are drawn first.</summary>
    public IEnumerable<Guid> First(int places) => drawn.Take(places);

    private static UInt128[] Read(ReadOnlySpan<byte> text)
    {
        var numbers = new List<UInt128>(text.Length / 37 + 1);
        Span<byte> bytes = stackalloc byte[16];
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range].Trim(" \r\t"u8);
            if (line.Length == 0) continue;
            if (!Utf8Parser.TryParse(line, out Guid number, out var read) || read != line.Length) throw new FormatException($"Line {numbers.Count + 1} is no number.");
            number.TryWriteBytes(bytes, bigEndian: true, out _);
            numbers.Add(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        }

        return [.. numbers];
    }

    private static Guid ToGuid(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new Guid(bytes, bigEndian: true);
    }
}
