using SmartCity.EarlyWarning.Contracts;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>A venue with a scannable code.</summary>
internal sealed class Place
{
    public required Guid Id { get; init; }

    /// <summary>The account that registered it; only it and health officers change it.</summary>
    public required Guid OwnerId { get; init; }

    /// <summary>The client's key of the registration: the owner's second try finds the first.</summary>
    public required Guid RegistrationKey { get; init; }

    public required string Code { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public required string Name { get; set; }
    public required PlaceType Type { get; set; }
    public required string Address { get; set; }
    public required int Capacity { get; set; }

    /// <summary>The building or campus that this is a zone of; null where it is none.</summary>
    public Guid? ParentId { get; set; }

    /// <summary>How the air is changed; tracing weighs by it.</summary>
    public Ventilation Ventilation { get; set; }

    public double Latitude { get; private set; }
    public double Longitude { get; private set; }

    /// <summary>Grid cell of the position.</summary>
    public string Cell { get; private set; } = "";

    public Place At(double latitude, double longitude)
    {
        (Latitude, Longitude, Cell) = (latitude, longitude, GridCell.At(latitude, longitude).ToString());
        return this;
    }
}
