using System.Text.Json;

namespace SmartCity.Messaging;

/// <summary>A row that this program cannot turn back into an event: its type is gone, or its body does not fit the type.</summary>
internal sealed class UnsendableEventException(string message, Exception? inner = null) : Exception(message, inner)
{
    public static object Read(OutboxRow row)
    {
        var type = Type.GetType(row.Type, throwOnError: false)
            ?? throw new UnsendableEventException($"The type \"{row.Type}\" is not known here.");
        try
        {
            return JsonSerializer.Deserialize(row.Body, type, MessageJson.Options) ?? throw new UnsendableEventException("The body is null.");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new UnsendableEventException($"The body does not fit the type: {fault.Message}", fault);
        }
    }
}
