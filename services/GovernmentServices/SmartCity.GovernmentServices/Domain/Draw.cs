using System.Security.Cryptography;

namespace SmartCity.GovernmentServices.Domain;

/// <summary>
/// A draw that anyone can repeat. The order is that of SHA-256(seed ‖ digest ‖ number), where the digest is SHA-256 over all numbers in ascending order:
/// the seed was fixed before anybody entered, and the digest before the seed was told, so neither can be chosen to suit the other.
/// </summary>
internal static class Draw
{
    /// <summary>A person's number in a bookable's draw: theirs alone, the same however often they enter, and chosen by nobody.</summary>
    public static Guid NumberOf(Guid bookable, Guid account)
    {
        Span<byte> both = stackalloc byte[32];
        bookable.TryWriteBytes(both, bigEndian: true, out _);
        account.TryWriteBytes(both[16..], bigEndian: true, out _);
        return new Guid(SHA256.HashData(both).AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>SHA-256 over the numbers in ascending order of their bytes, each once.</summary>
    public static byte[] DigestOf(IEnumerable<Guid> numbers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[16];
        // Guid compares by its fields as unsigned numbers, which is the order of its big-endian bytes.
        foreach (var number in numbers.Distinct().Order())
        {
            number.TryWriteBytes(bytes, bigEndian: true, out _);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The numbers as they are drawn.</summary>
    public static Guid[] Order(byte[] seed, byte[] digest, IEnumerable<Guid> numbers)
    {
        var drawn = numbers.Distinct().ToArray();
        var keys = new UInt128[drawn.Length];
        Span<byte> input = stackalloc byte[seed.Length + digest.Length + 16];
        Span<byte> output = stackalloc byte[32];
        seed.CopyTo(input);
        digest.CopyTo(input[seed.Length..]);
        for (var index = 0; index < drawn.Length; index++)
        {
            drawn[index].TryWriteBytes(input[(seed.Length + digest.Length)..], bigEndian: true, out _);
            SHA256.HashData(input, output);
            // Half of the hash orders as well as all of it: that two of a million halves are equal is less likely than a broken disk.
            keys[index] = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(output);
        }

        Array.Sort(keys, drawn);
        return drawn;
    }
}
