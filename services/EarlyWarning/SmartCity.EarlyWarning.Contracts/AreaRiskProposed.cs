namespace SmartCity.EarlyWarning.Contracts;

/// <summary>The signals of a cell, taken together, call for another risk level. A proposal only: it has no effect until a person approves it in the health code service.</summary>
/// <param name="ProposalId">The proposal; a newer one for the same cell takes the place of an older one that nobody decided.</param>
/// <param name="Cell">The grid cell, for example <c>3123N12147E</c>.</param>
/// <param name="Level">The level that is proposed.</param>
/// <param name="Ground">What it rests on, for the officer who decides: streams with their share of the risk, for example <c>cases 0.81; symptoms 0.40</c>. Counts and names of streams only, nothing about a person.</param>
/// <param name="ProposedAt">When, UTC. The later proposal for a cell holds.</param>
/// <param name="ValidUntil">When the proposal lapses if nobody approved it, exclusive, UTC.</param>
public sealed record AreaRiskProposed(Guid ProposalId, string Cell, AreaRisk Level, string Ground, DateTimeOffset ProposedAt, DateTimeOffset ValidUntil);

/// <summary>How likely an infection is to be caught in an area. Ordered: a greater value is a higher risk.</summary>
public enum AreaRisk
{
    /// <summary>Unknown, also every value that a reader does not know: treat as no statement.</summary>
    Unspecified = 0,

    /// <summary>Nothing out of the ordinary.</summary>
    Low = 1,

    /// <summary>Out of the ordinary in at least one signal.</summary>
    Medium = 2,

    /// <summary>Far out of the ordinary, or in several signals at once.</summary>
    High = 3,
}
