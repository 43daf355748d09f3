using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace SmartCity.HealthCode.Credentials.Cbor;

/// <summary>
/// Reads exactly one well-formed and valid CBOR item (RFC 8949 §5.3) and nothing after it. Work and memory are bounded by the length of
/// the input and <see cref="MaxDepth"/>; malformed input is an answer (<c>false</c> and a reason), never an exception.
/// </summary>
internal ref struct CborReader
{
    /// <summary>A health certificate nests six levels with its tags; sixteen leaves room and keeps the stack small.</summary>
    public const int MaxDepth = 16;

    private readonly ReadOnlyMemory<byte> _data;
    private readonly bool _deterministic;
    private int _position;
    private string? _fault;

    private CborReader(ReadOnlyMemory<byte> data, bool deterministic)
    {
        _data = data;
        _deterministic = deterministic;
    }

    /// <param name="data">The encoded item.</param>
    /// <param name="deterministic">Demands core deterministic encoding (RFC 8949 §4.2.1), as in what the city itself signs.</param>
    /// <param name="value">The item.</param>
    /// <param name="fault">Why it was refused.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> data, bool deterministic, [NotNullWhen(true)] out CborValue? value, [NotNullWhen(false)] out string? fault)
    {
        var reader = new CborReader(data, deterministic);
        value = reader.ReadItem(MaxDepth);
        if (value is not null && reader._position < data.Length)
            value = reader.Fail("bytes follow the item");
        fault = reader._fault;
        return value is not null;
    }

    private CborValue? ReadItem(int depth)
    {
        if (depth == 0)
            return Fail("nested too deep");
        if (!TryReadHead(out var major, out var info, out var argument))
            return null;
        return major switch
        {
            0 => ToInteger(argument, negative: false),
            1 => ToInteger(argument, negative: true),
            2 => ReadString(2, info, argument) is { } bytes ? new CborValue.Bytes(bytes) : null,
            3 => ReadText(info, argument),
            4 => ReadArray(info, argument, depth),
            5 => ReadMap(info, argument, depth),
            6 => ReadItem(depth - 1) is { } content ? new CborValue.Tagged(argument, content) : null,
            _ => ReadSimple(info, argument),
        };
    }

    private bool TryReadHead(out int major, out int info, out ulong argument)
    {
        major = info = 0;
        argument = 0;
        var rest = _data.Span[_position..];
        if (rest.IsEmpty)
            return FailHead("ends early");
        major = rest[0] >> 5;
        info = rest[0] & 0x1F;
        var size = info switch { < 24 => 0, 24 => 1, 25 => 2, 26 => 4, 27 => 8, _ => -1 };
        if (size < 0)
            return ReadIndefiniteHead(major, info);
        if (rest.Length <= size)
            return FailHead("ends early");
        argument = size switch
        {
            0 => (ulong)info,
            1 => rest[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(rest[1..]),
            4 => BinaryPrimitives.ReadUInt32BigEndian(rest[1..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(rest[1..]),
        };
        _position += 1 + size;
        if (_deterministic && major != 7 && size != ShortestSize(argument))
            return FailHead("a number is not in its shortest form");
        return true;
    }

    private bool ReadIndefiniteHead(int major, int info)
    {
        if (info != 31 || major is 0 or 1 or 6)
            return FailHead("reserved additional information");
        if (_deterministic)
            return FailHead("indefinite length where only definite length is allowed");
        _position++;
        return true;
    }

    private static int ShortestSize(ulong argument) =>
        argument switch { < 24 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 };

    private CborValue? ToInteger(ulong argument, bool negative)
    {
        if (argument > long.MaxValue)
            return Fail("an integer exceeds 64 bits");
        return new CborValue.Integer(negative ? -1 - (long)argument : (long)argument);
    }

    private ReadOnlyMemory<byte>? ReadString(int major, int info, ulong length)
    {
        if (info != 31)
            return ReadChunk(length);
        var joined = new MemoryStream();
        while (!TryReadBreak())
        {
            if (!TryReadHead(out var chunkMajor, out var chunkInfo, out var chunkLength))
                return null;
            if (chunkMajor != major || chunkInfo == 31)
            {
                Fail("a chunk is not a definite string of the same type");
                return null;
            }
            if (ReadChunk(chunkLength) is not { } chunk)
                return null;
            // RFC 8949 §3.2.3: a character may not be split between chunks.
            if (major == 3 && !Utf8.IsValid(chunk.Span))
            {
                Fail("text is not UTF-8");
                return null;
            }
            joined.Write(chunk.Span);
        }
        return joined.ToArray();
    }

    private ReadOnlyMemory<byte>? ReadChunk(ulong length)
    {
        if (length > (ulong)(_data.Length - _position))
        {
            Fail("ends early");
            return null;
        }
        var chunk = _data.Slice(_position, (int)length);
        _position += (int)length;
        return chunk;
    }

    private CborValue? ReadText(int info, ulong length)
    {
        if (ReadString(3, info, length) is not { } utf8)
            return null;
        return Utf8.IsValid(utf8.Span) ? new CborValue.Text(Encoding.UTF8.GetString(utf8.Span)) : Fail("text is not UTF-8");
    }

    private CborValue? ReadArray(int info, ulong count, int depth)
    {
        // Every item takes a byte or more, so a count beyond the rest is refused before anything is allocated for it.
        if (info != 31 && count > (ulong)(_data.Length - _position))
            return Fail("ends early");
        var items = new List<CborValue>(info == 31 ? 4 : Math.Min((int)count, 64));
        while (info == 31 ? !TryReadBreak() : (ulong)items.Count < count)
        {
            if (ReadItem(depth - 1) is not { } item)
                return null;
            items.Add(item);
        }
        return new CborValue.Array(items);
    }

    private CborValue? ReadMap(int info, ulong count, int depth)
    {
        if (info != 31 && count > (ulong)(_data.Length - _position) / 2)
            return Fail("ends early");
        var entries = new List<KeyValuePair<CborValue, CborValue>>(info == 31 ? 4 : Math.Min((int)count, 64));
        HashSet<CborValue>? keys = null;
        var previousKey = ReadOnlySpan<byte>.Empty;
        while (info == 31 ? !TryReadBreak() : (ulong)entries.Count < count)
        {
            var start = _position;
            if (ReadItem(depth - 1) is not { } key)
                return null;
            if (key is not (CborValue.Integer or CborValue.Text))
                return Fail("a map key is neither integer nor text");
            var encodedKey = _data.Span[start.._position];
            if (_deterministic && entries.Count > 0 && previousKey.SequenceCompareTo(encodedKey) > 0)
                return Fail("map keys are not in order");
            previousKey = encodedKey;
            if (ReadItem(depth - 1) is not { } value)
                return null;
            if (IsRepeated(key, entries, ref keys))
                return Fail("a map key occurs twice");
            entries.Add(new(key, value));
        }
        return new CborValue.Map(entries);
    }

    // Comparing with each key before costs less than hashing as long as there are few, and too much when a sender makes them many.
    private static bool IsRepeated(CborValue key, List<KeyValuePair<CborValue, CborValue>> entries, ref HashSet<CborValue>? keys)
    {
        const int few = 16;
        if (entries.Count < few)
        {
            foreach (var entry in entries)
            {
                if (entry.Key.Equals(key))
                    return true;
            }
            return false;
        }
        keys ??= [.. entries.Select(entry => entry.Key)];
        return !keys.Add(key);
    }

    private CborValue? ReadSimple(int info, ulong argument) => info switch
    {
        20 => new CborValue.Boolean(false),
        21 => new CborValue.Boolean(true),
        22 or 23 => new CborValue.Null(),
        25 or 26 or 27 when _deterministic => Fail("a floating-point number where none is allowed"),
        25 => new CborValue.Float((double)BitConverter.UInt16BitsToHalf((ushort)argument)),
        26 => new CborValue.Float(BitConverter.UInt32BitsToSingle((uint)argument)),
        27 => new CborValue.Float(BitConverter.UInt64BitsToDouble(argument)),
        31 => Fail("a break outside an indefinite item"),
        _ => Fail("an unassigned simple value"),
    };

    private bool TryReadBreak()
    {
        if (_position >= _data.Length || _data.Span[_position] != 0xFF)
            return false;
        _position++;
        return true;
    }

    private CborValue? Fail(string fault)
    {
        _fault ??= fault;
        return null;
    }

    private bool FailHead(string fault)
    {
        _fault ??= fault;
        return false;
    }
}
