namespace SmartCity.EarlyWarning.Domain;

/// <summary>What another service told, for the day it has to be told what happened when. Changes of codes are counts per hour: nobody is to be found in them.</summary>
internal sealed class TimelineEntry
{
    public required TimelineKind Kind { get; init; }

    /// <summary>The fact's natural key among its kind: an id, or cell, colour (item) and hour.</summary>
    public required string Key { get; init; }

    /// <summary>When; null for a withdrawal of what was not heard of yet.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Where; null where no cell is known.</summary>
    public string? Cell { get; init; }

    /// <summary>More about what, for example the category of a report.</summary>
    public string? Subject { get; init; }

    public required int Count { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>What the timeline knows.</summary>
public enum TimelineKind
{
    /// <summary>A case was confirmed; the key is the case.</summary>
    Case,

    /// <summary>An exposure was found; the key is the exposure.</summary>
    Exposure,

    /// <summary>So many codes of a cell took a colour in an hour; the subject is the colour.</summary>
    CodeChanges,

    /// <summary>A citizen's report was received; the subject is its category.</summary>
    Report,

    /// <summary>A bulletin was published or corrected; the key is the bulletin and its revision.</summary>
    Bulletin,

    /// <summary>An application was decided; the subject is the service.</summary>
    Application,

    /// <summary>So many bookings of an item were made in an hour; the subject is the item.</summary>
    Bookings,
}
