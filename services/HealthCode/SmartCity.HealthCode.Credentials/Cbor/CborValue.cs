namespace SmartCity.HealthCode.Credentials.Cbor;

/// <summary>One CBOR data item (RFC 8949 §3), already checked by <see cref="CborReader"/>.</summary>
internal abstract record CborValue
{
    /// <summary>Major types 0 and 1. What exceeds 64 bits with sign is refused while reading: no credential needs it.</summary>
    public sealed record Integer(long Value) : CborValue;

    /// <summary>Major type 2. Compared by content, so that revocation and key look-ups never depend on how it was chunked.</summary>
    public sealed record Bytes(ReadOnlyMemory<byte> Value) : CborValue
    {
        public bool Equals(Bytes? other) => other is not null && Value.Span.SequenceEqual(other.Value.Span);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.AddBytes(Value.Span);
            return hash.ToHashCode();
        }
    }

    /// <summary>Major type 3, valid UTF-8.</summary>
    public sealed record Text(string Value) : CborValue;

    /// <summary>Major type 4.</summary>
    public sealed record Array(IReadOnlyList<CborValue> Items) : CborValue;

    /// <summary>Major type 5; keys are integers or text and occur once. What credentials hold is found fastest one after the other.</summary>
    public sealed record Map(IReadOnlyList<KeyValuePair<CborValue, CborValue>> Entries) : CborValue
    {
        public static readonly Map Empty = new([]);

        public CborValue? this[long key]
        {
            get
            {
                foreach (var entry in Entries)
                {
                    if (entry.Key is Integer integer && integer.Value == key)
                        return entry.Value;
                }
                return null;
            }
        }

        public CborValue? this[string key]
        {
            get
            {
                foreach (var entry in Entries)
                {
                    if (entry.Key is Text text && text.Value == key)
                        return entry.Value;
                }
                return null;
            }
        }
    }

    /// <summary>Major type 6.</summary>
    public sealed record Tagged(ulong Tag, CborValue Content) : CborValue;

    /// <summary>Half, single or double precision.</summary>
    public sealed record Float(double Value) : CborValue;

    public sealed record Boolean(bool Value) : CborValue;

    /// <summary>null, and undefined, which JSON cannot tell from it.</summary>
    public sealed record Null : CborValue;

    /// <summary>The item without its tags, for formats that allow but do not need them.</summary>
    public CborValue Untagged
    {
        get
        {
            var value = this;
            while (value is Tagged tagged)
                value = tagged.Content;
            return value;
        }
    }
}
