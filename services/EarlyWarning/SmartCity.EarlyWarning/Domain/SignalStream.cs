namespace SmartCity.EarlyWarning.Domain;

/// <summary>What is observed per area and time.</summary>
public enum SignalStream
{
    /// <summary>Confirmed cases, on the day of confirmation, in the cell of the home.</summary>
    Cases,

    /// <summary>Exposures found by tracing, on the day they were found, in the cell of the place.</summary>
    Exposures,

    /// <summary>Visits, on the day they began, in the cell of the place.</summary>
    Visits,

    /// <summary>Citizens' reports and complaints, on the day they were received; the kind is the category.</summary>
    Reports,

    /// <summary>Declarations of symptoms, in the cell of the home.</summary>
    Symptoms,

    /// <summary>Temperatures taken, whatever they were, in the cell of the home.</summary>
    Temperatures,

    /// <summary>Temperatures that were a fever.</summary>
    Fevers,

    /// <summary>Bookings made; the kind is the item.</summary>
    Bookings,

    /// <summary>Hours in which an item was out of stock; the kind is the item.</summary>
    StockOuts,

    /// <summary>People on sick leave, as employers and schools report it.</summary>
    SickLeave,

    /// <summary>Readings of environment sensors, as means; the kind is what is measured.</summary>
    Sensors,

    /// <summary>Confirmed cases of other cities so far, which never fall; the kind is the city's code.</summary>
    OtherCities,
}

/// <summary>How a stream behaves.</summary>
/// <param name="HasOwnFeed">The city's services tell of every single thing: a day without news is a zero. Otherwise only what is delivered is known.</param>
/// <param name="IsMean">Areas and hours are averaged; otherwise added up.</param>
/// <param name="IsCumulative">Delivered as totals so far; what counts is the growth from one day to the next.</param>
/// <param name="LongestSilence">Without news for longer than this, the feed is silent; null where nothing may happen for any time.</param>
internal sealed record StreamShape(bool HasOwnFeed, bool IsMean, bool IsCumulative, TimeSpan? LongestSilence)
{
    private static readonly TimeSpan AboutADay = TimeSpan.FromHours(36);

    public static StreamShape Of(SignalStream stream) => stream switch
    {
        SignalStream.Cases or SignalStream.Exposures or SignalStream.Reports or SignalStream.Symptoms or SignalStream.Temperatures or SignalStream.Fevers
            or SignalStream.StockOuts => new(HasOwnFeed: true, IsMean: false, IsCumulative: false, LongestSilence: null),
        SignalStream.Visits or SignalStream.Bookings => new(HasOwnFeed: true, IsMean: false, IsCumulative: false, AboutADay),
        SignalStream.SickLeave => new(HasOwnFeed: false, IsMean: false, IsCumulative: false, AboutADay),
        SignalStream.Sensors => new(HasOwnFeed: false, IsMean: true, IsCumulative: false, AboutADay),
        SignalStream.OtherCities => new(HasOwnFeed: false, IsMean: false, IsCumulative: true, AboutADay),
        _ => throw new ArgumentOutOfRangeException(nameof(stream), stream, "A stream without a shape."),
    };
}

/// <summary>Names of areas: an area of the grid, or the whole city.</summary>
internal static class Area
{
    public const string City = "city";

    /// <summary>As answers show it: null for the whole city.</summary>
    public static string? Cell(string area) => area == City ? null : area;
}
