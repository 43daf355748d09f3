namespace SmartCity.GovernmentServices.Domain;

/// <summary>Something that a department tells the city. Its texts stand in its revisions: what was once said stays readable.</summary>
internal sealed class Bulletin
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order of publication.</summary>
    public required Guid Id { get; init; }

    public required BulletinKind Kind { get; init; }

    /// <summary>Who speaks; only this department corrects it.</summary>
    public required string Department { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }
    public required Guid PublisherId { get; init; }
    public required Guid PublicationKey { get; init; }
    public required byte[] RequestHash { get; init; }

    /// <summary>The current revision. Of two corrections at the same time, the database lets one through.</summary>
    public int Revision { get; private set; } = 1;

    public BulletinRevision First(LocalText title, LocalText body) => new()
    {
        BulletinId = Id, Revision = 1, Title = title, Body = body, OfficerId = PublisherId, PublishedAt = PublishedAt,
    };

    public BulletinRevision Correct(LocalText title, LocalText body, LocalText reason, Guid officerId, DateTimeOffset now) => new()
    {
        BulletinId = Id, Revision = ++Revision, Title = title, Body = body, Reason = reason, OfficerId = officerId, PublishedAt = now,
    };
}

/// <summary>What a bulletin said from one moment on.</summary>
internal sealed class BulletinRevision
{
    public required Guid BulletinId { get; init; }
    public required int Revision { get; init; }
    public required LocalText Title { get; init; }
    public required LocalText Body { get; init; }

    /// <summary>Why it was corrected; null for the first.</summary>
    public LocalText? Reason { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>Who wrote it, for the record; never shown.</summary>
    public required Guid OfficerId { get; init; }
}

/// <summary>What a bulletin is.</summary>
public enum BulletinKind
{
    /// <summary>A department announces something.</summary>
    Announcement,

    /// <summary>The state of the epidemic.</summary>
    Bulletin,

    /// <summary>A rule or an aid that people or enterprises can rely on.</summary>
    Policy,

    /// <summary>What is said and is not so.</summary>
    RumourRebuttal,
}
