namespace SmartCity.EarlyWarning.Domain;

/// <summary>An alert of another city or agency, as it was received.</summary>
internal sealed class ImportedAlert
{
    public required Guid Id { get; init; }

    public required string Sender { get; init; }

    public required string Identifier { get; init; }

    public required DateTimeOffset Sent { get; init; }

    public required string Version { get; init; }

    public required string Status { get; init; }

    public required string MessageType { get; init; }

    public string? Headline { get; init; }

    public string? Severity { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>True where its signature is by a key that the city trusts.</summary>
    public bool IsVerified { get; init; }

    /// <summary>The document as it came.</summary>
    public required byte[] Document { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required Guid ReceivedBy { get; init; }

    /// <summary>The alert that updated or cancelled it; null while it stands.</summary>
    public Guid? EndedBy { get; set; }
}
