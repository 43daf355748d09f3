using SmartCity.Portal.Components;
using SmartCity.Portal.Web;

namespace SmartCity.Portal.Pages.Department;

/// <summary>What the city warns of and has plans for, as early warning is configured as shipped.</summary>
internal static class Hazards
{
    public const string Usual = "infectious-disease";

    private static readonly string[] All = ["infectious-disease", "food-safety", "air-pollution", "water-pollution", "weather", "crowding", "service-outage"];

    public static IReadOnlyList<Field.Choice> Choices(Texts texts) => [.. All.Select(hazard => new Field.Choice(hazard, texts.Word("hazard", hazard)))];
}

/// <summary>A response that was started.</summary>
public sealed record ResponseView(Guid EventId, string Hazard, int PlanVersion, bool Exercise, DateTimeOffset StartedAt, IReadOnlyList<TaskView> Tasks);
