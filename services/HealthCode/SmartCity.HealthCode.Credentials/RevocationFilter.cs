using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace SmartCity.HealthCode.Credentials;

/// <summary>
/// A set of revoked credentials small enough to carry on every gate: a binary fuse filter with four locations per entry (Graf and Lemire,
/// "Binary Fuse Filters", 2022). A revoked id is always found; any other is found with a probability of 2^-(8 × fingerprint bytes). One million
/// entries take 1.08 × log2(1/p) bits each.
/// </summary>
public sealed class RevocationFilter
{
    /// <summary>Largest set; gates hold the whole list in memory.</summary>
    public const int MaxCount = 50_000_000;

    private const int Locations = 4;
    private const int HeaderLength = 16;
    private const byte FormatVersion = 1;
    private const int MaxAttempts = 100;

    private readonly Geometry _geometry;
    private readonly ulong _seed;
    private readonly int _width;
    private readonly byte[] _fingerprints;

    private RevocationFilter(int count, ulong seed, int width, byte[] fingerprints)
    {
        (Count, _seed, _width, _fingerprints) = (count, seed, width, fingerprints);
        _geometry = Geometry.For(count);
    }

    /// <summary>How many credentials are revoked.</summary>
    public int Count { get; }

    /// <summary>Builds the filter of a set.</summary>
    /// <param name="ids">The revoked ids; repetitions count once.</param>
    /// <param name="fingerprintBytes">1 to 4. Four make one wrong answer in 4.3 billion: a filter is not to turn away who is not revoked.</param>
    public static RevocationFilter Build(IEnumerable<RevocationId> ids, int fingerprintBytes = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fingerprintBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fingerprintBytes, 4);
        ulong[] keys = [.. ids.Select(id => (ulong)id.Value).Distinct()];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Length, MaxCount, nameof(ids));
        var geometry = Geometry.For(keys.Length);
        for (var attempt = 0UL; attempt < MaxAttempts; attempt++)
        {
            var seed = Mix(attempt);
            if (Peel(keys, seed, geometry) is { } order)
                return new(keys.Length, seed, fingerprintBytes, Assign(order, geometry, fingerprintBytes));
        }
        throw new InvalidOperationException("No seed separates these ids; with distinct ids this does not happen.");
    }

    /// <summary>Whether the credential is revoked.</summary>
    /// <param name="id">One of the credential's ids.</param>
    public bool Contains(RevocationId id)
    {
        if (Count == 0)
            return false;
        var hash = Mix((ulong)id.Value ^ _seed);
        Span<int> slots = stackalloc int[Locations];
        _geometry.Locate(hash, slots);
        var found = Fingerprint(hash, _width);
        foreach (var slot in slots)
            found ^= ReadSlot(_fingerprints, slot, _width);
        return found == 0;
    }

    /// <summary>The filter as bytes: version, fingerprint bytes, two zeros, count, seed, fingerprints (little endian).</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + _fingerprints.Length];
        bytes[0] = FormatVersion;
        bytes[1] = (byte)_width;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Count);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), _seed);
        _fingerprints.CopyTo(bytes, HeaderLength);
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>Whether the bytes are a filter of a known version and of the length that its count demands.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RevocationFilter? filter)
    {
        filter = null;
        if (bytes.Length < HeaderLength || bytes[0] != FormatVersion || bytes[1] is < 1 or > 4 || bytes[2] != 0 || bytes[3] != 0)
            return false;
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (count is < 0 or > MaxCount || bytes.Length - HeaderLength != (long)Geometry.For(count).Length * bytes[1])
            return false;
        filter = new(count, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), bytes[1], bytes[HeaderLength..].ToArray());
        return true;
    }

    /// <summary>How many slots there are, and in which four segments an entry's slots lie; both follow from the count.</summary>
    private readonly record struct Geometry(int SegmentLength, int Segments)
    {
        public int Length => (Segments + Locations - 1) * SegmentLength;

        // The constants are those for which the paper's authors found construction to succeed at the first seed almost always.
        public static Geometry For(int count)
        {
            if (count == 0)
                return new(0, 0);
            var log = Math.Log(Math.Max(count, 2));
            var segmentLength = 1 << Math.Clamp((int)Math.Floor(log / Math.Log(2.91) - 0.5), 2, 18);
            var capacity = count * Math.Max(1.075, 0.77 + 0.305 * Math.Log(600_000) / log);
            return new(segmentLength, Math.Max(1, (int)Math.Ceiling(capacity / segmentLength) - (Locations - 1)));
        }

        public void Locate(ulong hash, Span<int> slots)
        {
            var first = (int)Math.BigMul(hash, (ulong)(Segments * SegmentLength), out _);
            for (var i = 0; i < Locations; i++)
                slots[i] = first + i * SegmentLength ^ (i == 0 ? 0 : (int)(hash >> 18 * (i - 1)) & (SegmentLength - 1));
        }
    }

    // Takes away, again and again, an entry that is alone in one of its slots; the reverse order fills each such slot last.
    private static (ulong Hash, int Slot)[]? Peel(ulong[] keys, ulong seed, Geometry geometry)
    {
        var counts = new byte[geometry.Length];
        var hashes = new ulong[geometry.Length];
        Span<int> slots = stackalloc int[Locations];
        foreach (var key in keys)
        {
            var hash = Mix(key ^ seed);
            geometry.Locate(hash, slots);
            foreach (var slot in slots)
            {
                if (++counts[slot] == byte.MaxValue)
                    return null;
                hashes[slot] ^= hash;
            }
        }
        var alone = new Stack<int>(Enumerable.Range(0, counts.Length).Where(slot => counts[slot] == 1));
        var order = new (ulong Hash, int Slot)[keys.Length];
        var peeled = 0;
        while (alone.TryPop(out var candidate))
        {
            if (counts[candidate] != 1)
                continue;
            var hash = hashes[candidate];
            order[peeled++] = (hash, candidate);
            geometry.Locate(hash, slots);
            foreach (var slot in slots)
            {
                hashes[slot] ^= hash;
                if (--counts[slot] == 1)
                    alone.Push(slot);
            }
        }
        return peeled == keys.Length ? order : null;
    }

    private static byte[] Assign((ulong Hash, int Slot)[] order, Geometry geometry, int width)
    {
        var fingerprints = new byte[geometry.Length * width];
        Span<int> slots = stackalloc int[Locations];
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var (hash, own) = order[i];
            geometry.Locate(hash, slots);
            var value = Fingerprint(hash, width);
            foreach (var slot in slots)
                value ^= ReadSlot(fingerprints, slot, width);
            for (var b = 0; b < width; b++)
                fingerprints[own * width + b] = (byte)(value >> 8 * b);
        }
        return fingerprints;
    }

    private static uint ReadSlot(byte[] fingerprints, int slot, int width)
    {
        var value = 0u;
        for (var b = width - 1; b >= 0; b--)
            value = value << 8 | fingerprints[slot * width + b];
        return value;
    }

    private static uint Fingerprint(ulong hash, int width) => (uint)(hash ^ hash >> 32) & (uint)((1UL << 8 * width) - 1);

    // The finaliser of SplitMix64: every input bit reaches every output bit.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}
