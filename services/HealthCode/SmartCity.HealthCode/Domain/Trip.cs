using System.Text.Json;

namespace SmartCity.HealthCode.Domain;

/// <summary>A trip as a person declared it (GB/T 38962-2020): to a region of the country, and within the city to a cell.</summary>
/// <param name="Region">Administrative division, six digits (GB/T 2260).</param>
/// <param name="Cell">Cell of the city grid; null for a trip out of the city.</param>
/// <param name="From">Start, inclusive.</param>
/// <param name="Until">End, exclusive.</param>
/// <param name="Transport">Number of the train or flight, or the like.</param>
internal sealed record Trip(string Region, string? Cell, DateTimeOffset From, DateTimeOffset Until, string? Transport = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>As rules see it.</summary>
    public string ToDetail() => JsonSerializer.Serialize(new Detail(Region, Cell, Until.ToUniversalTime(), Transport), Json);

    /// <summary>Null where the evidence is no trip, or was taken back.</summary>
    public static Trip? Of(Evidence evidence)
    {
        if (evidence is not { Kind: EvidenceKind.Trip, Holds: true, Detail: { } text } || JsonSerializer.Deserialize<Detail>(text, Json) is not { } detail) return null;
        return new Trip(detail.Region, detail.Cell, evidence.At, detail.LeftAt, detail.Transport);
    }

    private sealed record Detail(string Region, string? Cell, DateTimeOffset LeftAt, string? Transport = null);
}
