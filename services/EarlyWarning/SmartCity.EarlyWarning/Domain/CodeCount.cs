namespace SmartCity.EarlyWarning.Domain;

/// <summary>How many people of a cell held which colour on a day, as last told on it.</summary>
internal sealed class CodeCount
{
    public required string Cell { get; init; }

    public required DateOnly Day { get; init; }

    public int Green { get; set; }

    public int Yellow { get; set; }

    public int Red { get; set; }

    public DateTimeOffset CountedAt { get; set; }
}
