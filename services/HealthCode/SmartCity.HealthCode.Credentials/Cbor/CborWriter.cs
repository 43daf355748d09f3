using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SmartCity.HealthCode.Credentials.Cbor;

/// <summary>
/// Writes CBOR in core deterministic encoding (RFC 8949 §4.2.1) as far as one item at a time can: shortest heads, definite lengths.
/// Callers write map keys in ascending order of their encoding.
/// </summary>
internal sealed class CborWriter(int capacity = 256)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(capacity);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public CborWriter Integer(long value) => value >= 0 ? Head(0, (ulong)value) : Head(1, (ulong)(-1 - value));

    public CborWriter Bytes(ReadOnlySpan<byte> value)
    {
        Head(2, (ulong)value.Length)._buffer.Write(value);
        return this;
    }

    public CborWriter Text(string value)
    {
        Head(3, (ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _buffer);
        return this;
    }

    public CborWriter Array(int count) => Head(4, (ulong)count);

    public CborWriter Map(int count) => Head(5, (ulong)count);

    public CborWriter Null()
    {
        _buffer.Write([(byte)0xF6]);
        return this;
    }

    public CborWriter Tag(ulong tag) => Head(6, tag);

    private CborWriter Head(int major, ulong argument)
    {
        var span = _buffer.GetSpan(9);
        var type = (byte)(major << 5);
        switch (argument)
        {
            case < 24:
                span[0] = (byte)(type | (byte)argument);
                _buffer.Advance(1);
                break;
            case <= byte.MaxValue:
                span[0] = (byte)(type | 24);
                span[1] = (byte)argument;
                _buffer.Advance(2);
                break;
            case <= ushort.MaxValue:
                span[0] = (byte)(type | 25);
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)argument);
                _buffer.Advance(3);
                break;
            case <= uint.MaxValue:
                span[0] = (byte)(type | 26);
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)argument);
                _buffer.Advance(5);
                break;
            default:
                span[0] = (byte)(type | 27);
                BinaryPrimitives.WriteUInt64BigEndian(span[1..], argument);
                _buffer.Advance(9);
                break;
        }
        return this;
    }
}
