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
    public static LabResultReceipt Example { get; } = new(
        Guid.Parse("0199c1c8-5b1e-7a63-9f4e-3c1d8a2b7e10"), "R-2022-000471", LabOutcome.Positive, new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero).AddDays(-1), new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero));

    public static LabResultReceipt Of(LabResult result) => new(
        result.Id, result.ResultNumber, result.Outcome, result.SampledAt, result.ReportedAt, result.WithdrawnAt, result.WithdrawalReason);

    /// <summary>The laboratory is the department that the token names; an account without one is a laboratory of its own.</summary>
    public static string LaboratoryOf(Caller caller) => caller.Department ?? caller.Actor.ToString();
}
