namespace SmartCity.Identity.Domain;

/// <summary>A person lets somebody act for them: with which services, and until when. Either of the two may end it.</summary>
internal sealed class Consent
{
    public Guid Id { get; private init; }

    public Guid PersonId { get; private init; }

    public Guid ProxyId { get; private init; }

    /// <summary>The services that the proxy may use for the person: the audiences of the proxy's tokens.</summary>
    public string[] Services { get; private init; } = [];

    public DateTimeOffset GivenAt { get; private init; }

    /// <summary>Not included.</summary>
    public DateTimeOffset ExpiresAt { get; private init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>The client's key of the request, so that a repeated one gives one consent.</summary>
    public Guid RequestKey { get; private init; }

    public bool IsInForce(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;

    public bool Concerns(Guid account) => account == PersonId || account == ProxyId;

    public static Consent Give(Guid person, Guid proxy, string[] services, DateTimeOffset expiresAt, Guid requestKey, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        PersonId = person,
        ProxyId = proxy,
        Services = services,
        GivenAt = now,
        ExpiresAt = expiresAt,
        RequestKey = requestKey,
    };
}
