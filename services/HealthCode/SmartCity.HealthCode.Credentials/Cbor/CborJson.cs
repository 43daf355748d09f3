using System.Buffers;
using System.Text.Json;

namespace SmartCity.HealthCode.Credentials.Cbor;

/// <summary>CBOR as JSON (RFC 8949 §6.1), for what was JSON before it was packed.</summary>
internal static class CborJson
{
    public static JsonElement ToJson(CborValue value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, value);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, CborValue value)
    {
        switch (value.Untagged)
        {
            case CborValue.Integer integer:
                writer.WriteNumberValue(integer.Value);
                break;
            case CborValue.Float { Value: var number } when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case CborValue.Boolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case CborValue.Text text:
                writer.WriteStringValue(text.Value);
                break;
            case CborValue.Bytes bytes:
                writer.WriteBase64StringValue(bytes.Value.Span);
                break;
            case CborValue.Array array:
                writer.WriteStartArray();
                foreach (var item in array.Items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case CborValue.Map map:
                writer.WriteStartObject();
                foreach (var (key, entry) in map.Entries)
                {
                    writer.WritePropertyName(key is CborValue.Text text ? text.Value : $"{((CborValue.Integer)key).Value}");
                    Write(writer, entry);
                }
                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
