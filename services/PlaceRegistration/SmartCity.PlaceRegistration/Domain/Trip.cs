using System.ComponentModel.DataAnnotations;

namespace SmartCity.PlaceRegistration.Domain;

/// <summary>
/// A run of a vehicle: a place that moves, with its stops. Aboard from one stop to another is there for the time between them, so who shared part of the way
/// shared time at one place, which is all that tracing asks.
/// </summary>
internal sealed class Trip
{
    public required Guid Id { get; init; }

    /// <summary>The place that the vehicle is.</summary>
    public required Guid VehicleId { get; init; }

    /// <summary>The client's key.</summary>
    public required Guid Key { get; init; }

    /// <summary>For people: the line, the ride's number.</summary>
    public required string Line { get; init; }

    public required DateTimeOffset DepartsAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>In the order of the way, at least two.</summary>
    public required IReadOnlyList<Stop> Stops { get; init; }

    /// <summary>The stop that the vehicle is at or left last.</summary>
    public short StopAt(DateTimeOffset time) => (short)Math.Max(0, Stops.Count(stop => stop.At <= time) - 1);
}

/// <summary>A stop of a trip.</summary>
/// <param name="Name">For people.</param>
/// <param name="At">When the vehicle stops there, UTC; every stop later than the one before.</param>
public sealed record Stop([property: Required, StringLength(100, MinimumLength = 1), RegularExpression(@"[^\p{Cc}]*")] string Name, DateTimeOffset At);
