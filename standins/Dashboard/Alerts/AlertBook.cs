using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmartCity.Dashboard.Alerts;

/// <summary>What is promised and what is out of the ordinary, as <c>docs/operations/alerts.json</c> says; and how one learns of what has a page but no alert.</summary>
internal sealed record AlertBook(IReadOnlyList<BurnRate> BurnRates, IReadOnlyList<Objective> Objectives, IReadOnlyList<Threshold> Thresholds, IReadOnlyDictionary<string, string> LearnedOtherwise)
{
    public static AlertBook Shipped()
    {
        using var file = typeof(AlertBook).Assembly.GetManifestResourceStream("alerts.json")!;
        return Read(file);
    }

    public static AlertBook Read(Stream file) => JsonSerializer.Deserialize<AlertBook>(file, s_json)!;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = { new Duration() },
    };

    /// <summary>Durations as Prometheus writes them: 30s, 5m, 6h.</summary>
    private sealed class Duration : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString()!;
            var number = int.Parse(text.AsSpan(0, text.Length - 1), System.Globalization.CultureInfo.InvariantCulture);
            return text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                _ => throw new JsonException($"'{text}' is no duration."),
            };
        }

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}

/// <summary>
/// An error budget is used up too fast when it was over a long time, and still is over a short one. A burn of 1 uses it up exactly in the time for which the
/// objective is promised; 14.4 uses a fiftieth of a month's in an hour.
/// </summary>
internal sealed record BurnRate(TimeSpan Long, TimeSpan Short, double Burn, string Severity);

/// <summary>A share of requests to be answered well: not with 5xx, or within a time in seconds.</summary>
internal sealed record Objective(string Alert, string Page, string Service, string En, string Zh, [property: JsonPropertyName("objective")] double Goal, string? Method = null, string? Route = null, double? Within = null);

/// <summary>A value that must not be above, or below, a bound for longer than a time.</summary>
internal sealed record Threshold(
    string Alert, string Page, string Metric, string Severity, TimeSpan For, string En, string Zh, double? Above = null, double? Below = null, IReadOnlyDictionary<string, string>? Where = null)
{
    /// <summary>The metric that is not told but seen: 1 for a resource that is healthy, else 0.</summary>
    public const string Up = "up";

    public bool IsBad(double value) => value > Above || value < Below;
}
