using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmartCity.Messaging;

/// <summary>How events look in the outbox and on the wire: web defaults, enums by name.</summary>
internal static class MessageJson
{
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter());
        return options;
    }
}
