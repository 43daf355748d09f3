namespace SmartCity.Identity.Domain;

/// <summary>How a consent came about.</summary>
internal enum ConsentForm
{
    /// <summary>By the person, signed in.</summary>
    Own = 1,

    /// <summary>Before a witness, recorded by staff.</summary>
    Witnessed = 2,

    /// <summary>To staff, with a code on the person's phone.</summary>
    ConfirmedByPhone = 3,

    /// <summary>By whoever looks after the person.</summary>
    Guardianship = 4,
}

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

    public ConsentForm Form { get; private init; }

    /// <summary>Who recorded it where that was not the person.</summary>
    public Guid? RecordedBy { get; private init; }

    public byte[]? WitnessSealed { get; private init; }

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
        Form = ConsentForm.Own,
    };

    /// <summary>A consent that somebody else writes down.</summary>
    public static Consent Record(
        Guid person, Guid proxy, IEnumerable<string> services, DateTimeOffset expiresAt, Guid requestKey, DateTimeOffset now, ConsentForm form, Guid recordedBy,
        Func<Guid, byte[]?>? sealWitness = null)
    {
        var id = Guid.CreateVersion7();
        return new Consent
        {
            Id = id,
            PersonId = person,
            ProxyId = proxy,
            Services = [.. services.Distinct()],
            GivenAt = now,
            ExpiresAt = expiresAt.ToUniversalTime(),
            RequestKey = requestKey,
            Form = form,
            RecordedBy = recordedBy,
            WitnessSealed = sealWitness?.Invoke(id),
        };
    }
}
