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

/// <summary>An application for a service of the city came to its end. Carries neither its content nor its applicant.</summary>
/// <param name="ApplicationId">The application.</param>
/// <param name="Service">What for, from the service's published catalogue.</param>
/// <param name="Decision"><c>approved</c>, <c>refused</c>, or <c>withdrawn</c> by the applicant.</param>
/// <param name="DecidedAt">When, UTC. An application ends once.</param>
public sealed record ApplicationDecided(Guid ApplicationId, string Service, string Decision, DateTimeOffset DecidedAt);

/// <summary>A person rated how a finished matter of theirs was handled. Carries neither who nor why.</summary>
/// <param name="RatingId">The rating.</param>
/// <param name="Matter"><c>report</c> or <c>application</c>.</param>
/// <param name="MatterId">Which.</param>
/// <param name="Handling">Which handling of it; each is rated once.</param>
/// <param name="Subject">A category of reports, or a service.</param>
/// <param name="Department">Who handled it.</param>
/// <param name="Level">5 very satisfied to 1 very dissatisfied (GB/T 39735); 2 and 1 open a rectification.</param>
/// <param name="RatedAt">When, UTC.</param>
public sealed record MatterRated(Guid RatingId, string Matter, Guid MatterId, int Handling, string Subject, string Department, int Level, DateTimeOffset RatedAt);
