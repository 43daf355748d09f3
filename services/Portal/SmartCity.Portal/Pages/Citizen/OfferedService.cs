using System.Globalization;
using System.Text.Json;

namespace SmartCity.Portal.Pages.Citizen;

/// <summary>A service that can be applied for, with its form.</summary>
public sealed record OfferedService(
    OfferedService.InShort Service, string WhoMayApply, IReadOnlyList<OfferedService.Paper> Materials, JsonElement Schema, IReadOnlyList<OfferedService.FormField> Fields,
    IReadOnlyList<OfferedService.Stage> Stages, string? Certificate = null)
{
    /// <summary>What of the schema decides how a field is asked for; the service itself checks all of it.</summary>
    public Shape ShapeOf(string field)
    {
        var property = Schema.GetProperty("properties").GetProperty(field);
        return new Shape(
            property.TryGetProperty("type", out var type) ? type.GetString()! : "string",
            property.TryGetProperty("format", out var format) ? format.GetString() : null,
            property.TryGetProperty("enum", out var words) ? [.. words.EnumerateArray().Select(word => word.GetString()!)] : [],
            property.TryGetProperty("maxLength", out var most) ? most.GetInt32() : null,
            Schema.GetProperty("required").EnumerateArray().Any(name => name.GetString() == field));
    }

    /// <summary>What somebody wrote as the schema wants it; null for nothing. What is no number stays text, and the service says so at the field.</summary>
    public object? Read(string field, string? written) => (ShapeOf(field).Type, written?.Trim()) switch
    {
        ("boolean", var tick) => tick == "true",
        (_, null or "") => null,
        ("integer", var text) when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        (_, var text) => text,
    };

    public sealed record InShort(string Key, string Name, string Summary, string DepartmentName, TimeSpan Promised);

    public sealed record Paper(string Key, string Name, string Source);

    public sealed record FormField(string Key, string Name, bool KnownToCity);

    public sealed record Stage(string Key, string Name, IReadOnlyList<string> Departments);

    public sealed record Shape(string Type, string? Format, IReadOnlyList<string> Words, int? MostLength, bool Required);
}

/// <summary>A form that was begun: what the city filled in, and which papers it has already.</summary>
public sealed record DraftView(IReadOnlyDictionary<string, JsonElement> Form, IReadOnlyList<string> FieldsFromCity, IReadOnlyList<DraftView.Paper> Materials)
{
    public sealed record Paper(string Key, string Name, string? SatisfiedBy = null);
}
