namespace SmartCity.GovernmentServices.Domain.Applications;

/// <summary>A form that a person has begun: one for each service.</summary>
internal sealed class Draft
{
    public required Guid Id { get; init; }
    public required Guid AccountId { get; init; }
    public required string Service { get; init; }
    public required DateTimeOffset SavedAt { get; set; }

    /// <summary>The form, its files, and what the register said.</summary>
    public byte[]? SealedContent { get; set; }
}

/// <summary>Somebody agreed that the city reads what it knows about them, for one form. Its id is the reference under which the register shows the reading.</summary>
internal sealed class DataUse
{
    /// <summary>Version 7 on the city's clock.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Who agreed: the person, or who acts for them.</summary>
    public required Guid ActorId { get; init; }

    public required string Service { get; init; }

    /// <summary>Names of <see cref="PersonalFacts"/>.</summary>
    public required string[] Facts { get; init; }

    public required DateTimeOffset AgreedAt { get; init; }

    /// <summary>When it was read; null where the register did not answer.</summary>
    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>What it was used for; null until something was submitted.</summary>
    public Guid? ApplicationId { get; set; }
}

/// <summary>A file that a person brought: a scanned paper or a photograph.</summary>
internal sealed class Attachment
{
    public required Guid Id { get; init; }
    public required Guid AccountId { get; init; }
    public required Guid ActorId { get; init; }
    public required string MediaType { get; init; }
    public required int Size { get; init; }
    public required byte[] SealedContent { get; init; }
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>When an officer found that a photograph shows nobody and nothing private; null while only its owner and the department see it.</summary>
    public DateTimeOffset? ReleasedAt { get; set; }

    public Guid? ReleasedBy { get; set; }

    /// <summary>The matter that it belongs to; null until it is used, and then it is deleted with that.</summary>
    public Guid? UsedBy { get; set; }
}
