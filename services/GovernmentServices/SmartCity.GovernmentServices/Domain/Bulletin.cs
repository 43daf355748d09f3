namespace SmartCity.GovernmentServices.Domain;

/// <summary>Something that a department tells the city. Its texts stand in its revisions: what was once said stays readable.</summary>
internal sealed class Bulletin
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order of publication.</summary>
    public required Guid Id { get; init; }

    public required BulletinKind Kind { get; init; }

    /// <summary>Who speaks; only this department corrects it.</summary>
    public required string Department { get; init; }

    /// <summary>Whom it is meant for.</summary>
    public Audience Audience { get; init; }

    /// <summary>The grid cells that it is about; none is the whole city.</summary>
    public string[] Areas { get; init; } = [];

    public required DateTimeOffset PublishedAt { get; init; }
    public required Guid PublisherId { get; init; }
    public required Guid PublicationKey { get; init; }
    public required byte[] RequestHash { get; init; }

    /// <summary>The current revision. Of two corrections at the same time, the database lets one through.</summary>
    public int Revision { get; private set; } = 1;

    public BulletinRevision First(BulletinContent content) => Said(1, content, PublisherId, PublishedAt);

    public BulletinRevision Correct(BulletinContent content, LocalText reason, Guid officerId, DateTimeOffset now) => Said(++Revision, content, officerId, now, reason);

    private BulletinRevision Said(int revision, BulletinContent content, Guid officerId, DateTimeOffset now, LocalText? reason = null) => new()
    {
        BulletinId = Id, Revision = revision, Title = content.Title, Body = content.Body, Evidence = content.Evidence, Reason = reason, OfficerId = officerId, PublishedAt = now,
    };
}

/// <summary>What is said.</summary>
internal sealed record BulletinContent(LocalText Title, LocalText Body, IReadOnlyList<Evidence> Evidence)
{
    public bool Says(BulletinRevision revision) => Title == revision.Title && Body == revision.Body && Evidence.SequenceEqual(revision.Evidence);
}

/// <summary>What a rebuttal rests on, for everybody to look up.</summary>
/// <param name="Title">What is found there, in both languages.</param>
/// <param name="Address">Where, an http or https address.</param>
public sealed record Evidence(LocalText Title, string Address);

/// <summary>What a bulletin said from one moment on.</summary>
internal sealed class BulletinRevision
{
    public required Guid BulletinId { get; init; }
    public required int Revision { get; init; }
    public required LocalText Title { get; init; }
    public required LocalText Body { get; init; }

    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The whole as a JWS, made when it was said, so that reading costs no signature.</summary>
    public string Signed { get; set; } = "";

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

/// <summary>Whom something is meant for.</summary>
public enum Audience
{
    /// <summary>Everybody.</summary>
    Everyone,

    /// <summary>People, as residents.</summary>
    People,

    /// <summary>Enterprises and organisations.</summary>
    Enterprises,
}
