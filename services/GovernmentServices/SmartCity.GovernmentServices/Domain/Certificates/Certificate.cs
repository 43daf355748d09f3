namespace SmartCity.GovernmentServices.Domain.Certificates;

/// <summary>A certificate that the city issued.</summary>
internal sealed class Certificate
{
    /// <summary>Version 7 on the city's clock: the order of ids is the order of issue.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }
    public required Guid ApplicationId { get; init; }

    /// <summary>After GB/T 36904.</summary>
    public required string Number { get; init; }

    public required string Type { get; init; }
    public required string Service { get; init; }

    /// <summary>Of the service's definition.</summary>
    public required int ServiceVersion { get; init; }

    /// <summary>Who issued it; only this department revokes it.</summary>
    public required string Department { get; init; }

    /// <summary>The signed text with all that it says.</summary>
    public required byte[] SealedCredential { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Not included; null without end.</summary>
    public required DateTimeOffset? ValidUntil { get; init; }

    public required int StatusList { get; init; }
    public required int StatusIndex { get; init; }

    public DateTimeOffset? RevokedAt { get; private set; }
    public Guid? RevokedBy { get; private set; }

    /// <summary>For its holder to read.</summary>
    public byte[]? SealedReason { get; private set; }

    public void Revoke(Guid officer, byte[] sealedReason, DateTimeOffset now) => (RevokedBy, SealedReason, RevokedAt) = (officer, sealedReason, now);

    public CertificateState StateAt(DateTimeOffset now) =>
        RevokedAt is not null ? CertificateState.Revoked : ValidUntil <= now ? CertificateState.Expired : CertificateState.Valid;
}

/// <summary>Whether a certificate holds.</summary>
public enum CertificateState
{
    /// <summary>In force.</summary>
    Valid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The city took it back.</summary>
    Revoked,
}
