using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>What a laboratory gets back. It names no person: laboratories know people by ID number, everybody else by pseudonym, and nobody by both.</summary>
/// <param name="Id">The city's id of the result, to withdraw it by.</param>
/// <param name="ResultNumber">The laboratory's own number.</param>
/// <param name="Outcome">As reported.</param>
/// <param name="SampledAt">As reported, UTC.</param>
/// <param name="ReportedAt">When it was accepted, UTC.</param>
/// <param name="WithdrawnAt">When it was withdrawn, UTC.</param>
/// <param name="WithdrawalReason">Why it was.</param>
internal sealed record LabResultReceipt(
    Guid Id, string ResultNumber, LabOutcome Outcome, DateTimeOffset SampledAt, DateTimeOffset ReportedAt, DateTimeOffset? WithdrawnAt = null,
    WithdrawalReason? WithdrawalReason = null)
{
    public static LabResultReceipt Example { get; } = new(Examples.Order, "R-20220320-0001", LabOutcome.Positive, Examples.Now.AddDays(-1), Examples.Now);

    public static LabResultReceipt Of(LabResult result) => new(
        result.Id, result.ResultNumber, result.Outcome, result.SampledAt, result.ReportedAt, result.WithdrawnAt, result.WithdrawalReason);

    /// <summary>The laboratory is the department that the token names; an account without one is a laboratory of its own.</summary>
    public static string LaboratoryOf(Caller caller) => caller.Department ?? caller.Actor.ToString();
}
