using System.Globalization;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.SharedData;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>An entry of the catalogue.</summary>
/// <param name="AssetId">The asset.</param>
/// <param name="Revision">1 for the registration; every change and the cancellation add one.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Description">In the caller's language.</param>
/// <param name="Names">In both languages.</param>
/// <param name="Sensitivity">Who may see the data.</param>
/// <param name="LegalBase">On what ground they are kept.</param>
/// <param name="Frequency">How often they are brought up to date.</param>
/// <param name="ProposedAt">When it was proposed, UTC.</param>
/// <param name="Accepted">Whether it was accepted; absent while nobody decided.</param>
/// <param name="DecidedAt">When it was decided, UTC.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Dataset">The table that holds the data, where this service has them.</param>
/// <param name="Certificate">The signed certificate (JWS, type <c>data-asset+jwt</c>) of what was accepted; check it with the keys at <c>/government-services/v1/keys</c>.</param>
public sealed record DataAssetEntryView(
    Guid AssetId, int Revision, EntryKind Kind, string Name, string Description, LocalText Names, DataSensitivity Sensitivity, string LegalBase,
    UpdateFrequency Frequency, DateTimeOffset ProposedAt, bool? Accepted = null, DateTimeOffset? DecidedAt = null, string? Reason = null, string? Dataset = null,
    string? Certificate = null)
{
    internal static readonly DataAssetEntryView Example = new(
        Guid.Parse("01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10"), 1, EntryKind.Registration, "Reports per month", "Citizens' reports, counted by month and category.",
        new LocalText("每月诉求数量", "Reports per month"), DataSensitivity.Public, "Regulation on Open Government Information, art. 20", UpdateFrequency.Continuous,
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), Dataset: "reports-by-month");

    internal static DataAssetEntryView Of(DataAssetEntry entry)
    {
        var language = CultureInfo.CurrentUICulture;
        return new DataAssetEntryView(
            entry.AssetId, entry.Revision, entry.Kind, entry.Name.In(language), entry.Description.In(language), entry.Name, entry.Sensitivity, entry.LegalBase,
            entry.Frequency, entry.ProposedAt, entry.Accepted, entry.DecidedAt, entry.Reason, entry.Dataset, entry.Certificate);
    }
}
