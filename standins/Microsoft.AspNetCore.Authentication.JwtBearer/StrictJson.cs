using System.Text.Json;
using System.Text.Unicode;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>JSON with one meaning only: an object, valid UTF-8, no member twice, nothing after it.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static JsonDocument Object(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
            throw new JsonException("Not UTF-8");

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (InvalidOperationException e)
        {
            // The reader's answer to an escaped lone surrogate in a member name.
            throw new JsonException("A string is no text", e);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        throw new JsonException("Not an object");
    }

    /// <summary>The member's text; null when there is no such member.</summary>
    public static string? String(JsonElement element, string member)
    {
        if (!element.TryGetProperty(member, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String ? Text(value) : throw new JsonException($"{member} is no string");
    }

    public static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A string is no text", e);
        }
    }
}
