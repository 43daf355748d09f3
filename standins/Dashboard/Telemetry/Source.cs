using Google.Protobuf;
using Google.Protobuf.Collections;
using SmartCity.Dashboard.Otlp;

namespace SmartCity.Dashboard.Telemetry;

/// <summary>The process that tells something: a service and which replica of it.</summary>
internal sealed record Source(string Service, string Instance)
{
    public static Source Of(Resource? resource)
    {
        string service = "unknown", instance = "";
        foreach (var attribute in resource?.Attributes ?? [])
        {
            if (attribute.Key == "service.name") service = attribute.Value?.StringValue ?? service;
            else if (attribute.Key == "service.instance.id") instance = attribute.Value?.StringValue ?? "";
        }

        return new(string.Intern(service), instance.Length == 0 ? service : instance);
    }
}

/// <summary>How wire values become ours.</summary>
internal static class Wire
{
    private const int LongestText = 16 * 1024;

    public static UInt128 TraceId(ByteString bytes) => bytes.Length == 16 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.Span) : 0;

    public static ulong SpanId(ByteString bytes) => bytes.Length == 8 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.Span) : 0;

    public static DateTimeOffset Time(ulong unixNanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(Math.Min(unixNanoseconds, long.MaxValue) / 100));

    public static string Text(AnyValue? value) => Cut(value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => $"{value.IntValue}",
        AnyValue.ValueOneofCase.DoubleValue => $"{value.DoubleValue}",
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(", ", value.ArrayValue.Values.Select(Text))}]",
        AnyValue.ValueOneofCase.KvlistValue => $"{{{string.Join(", ", value.KvlistValue.Values.Select(pair => $"{pair.Key}={Text(pair.Value)}"))}}}",
        AnyValue.ValueOneofCase.BytesValue => Convert.ToHexStringLower(value.BytesValue.Span),
        _ => "",
    });

    public static KeyValuePair<string, string>[] Pairs(RepeatedField<KeyValue> attributes) =>
        [.. attributes.Select(attribute => KeyValuePair.Create(string.IsInterned(attribute.Key) ?? attribute.Key, Text(attribute.Value)))];

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
