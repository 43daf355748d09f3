using System.Buffers.Binary;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>
/// A visit's id: a version 7 UUID whose time is the arrival, so that the id alone leads to the one partition that holds the visit,
/// and the order of ids is the order of arrivals. Its 74 random bits cannot be guessed from another.
/// </summary>
internal readonly record struct VisitId(Guid Value)
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static VisitId New(DateTimeOffset arrivedAt) => new(Guid.CreateVersion7(arrivedAt));

    /// <summary>To the millisecond, as visits keep it; null where the UUID, which a caller may have made up, is no visit's.</summary>
    public DateTimeOffset? ArrivedAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            // 48 bits of milliseconds (RFC 9562 §5.7) in front of 16 others; they reach further than calendars.
            var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
            return Value.Version == 7 && milliseconds <= Latest ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        }
    }
}
