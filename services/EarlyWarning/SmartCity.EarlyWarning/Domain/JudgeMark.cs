namespace SmartCity.EarlyWarning.Domain;

/// <summary>Where marks of detection stand.</summary>
internal sealed class JudgeMark
{
    public required SignalStream Stream { get; init; }

    /// <summary>The last revision that was judged.</summary>
    public long Revision { get; set; }

    /// <summary>The last revision that was judged by the rules that judge all areas together.</summary>
    public long Together { get; set; }

    /// <summary>When the calendar was last looked at.</summary>
    public DateTimeOffset LookedAt { get; set; }
}
