using System.Text.Json;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Data;

/// <summary>Tells a repeated request from another one under the same key. Keyed, because requests hold what people write.</summary>
internal static class RequestHash
{
    // A tuple has fields only; without them all would be alike.
    private static readonly JsonSerializerOptions s_json = new() { IncludeFields = true };

    public static byte[] Of<TRequest>(this PersonalData personalData, TRequest request) => personalData.Lookup(JsonSerializer.Serialize(request, s_json));
}
