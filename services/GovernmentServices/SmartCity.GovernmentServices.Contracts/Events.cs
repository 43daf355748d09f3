namespace SmartCity.GovernmentServices.Contracts;

/// <summary>A citizen's report or complaint (12345) was received and routed. Carries neither its text nor its author.</summary>
/// <param name="ReportId">The report.</param>
/// <param name="Category">What it is about, from the service's published list of categories.</param>
/// <param name="Cell">Grid cell that it is about; null where none was given.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
public sealed record ReportReceived(Guid ReportId, string Category, string? Cell, DateTimeOffset ReceivedAt);

/// <summary>A bulletin, announcement or rumour rebuttal was published, corrected or taken back.</summary>
/// <param name="BulletinId">The bulletin.</param>
/// <param name="Revision">1 at publication; grows by one with every correction.</param>
/// <param name="PublishedAt">When this revision was published, UTC.</param>
public sealed record BulletinPublished(Guid BulletinId, int Revision, DateTimeOffset PublishedAt);

/// <summary>
/// How much of a service was booked and refused in an hour, in a cell: running totals, told anew when they change. A later count of the same item,
/// cell and hour replaces an earlier one. Counts of things and asks, not of persons: who asks twice is refused twice.
/// </summary>
/// <param name="Item">The bookable service, for example <c>masks</c> or <c>nucleic-acid-test</c>.</param>
/// <param name="Cell">Grid cell of the places; null where they have no position.</param>
/// <param name="Hour">The hour's start, UTC; its end is not included.</param>
/// <param name="Booked">Units that were asked for in the hour and given, those given back since included; never negative.</param>
/// <param name="Refused">How often somebody was told in the hour that nothing is left; a lower bound, as a crash may lose the last seconds' refusals.</param>
/// <param name="Available">Units that are free in the cell now, of everything open whose time is not over; 0 is a stock-out.</param>
/// <param name="CountedAt">When it was counted, UTC.</param>
public sealed record BookingsCounted(string Item, string? Cell, DateTimeOffset Hour, int Booked, int Refused, int Available, DateTimeOffset CountedAt);
