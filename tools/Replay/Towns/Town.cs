namespace SmartCity.Replay.Towns;

/// <summary>A town and what happened in it: who lived there, where they met, who fell ill when, and, where it was recorded, who infected whom.</summary>
/// <param name="Name">For the summary.</param>
/// <param name="People">By key.</param>
/// <param name="Places">By key.</param>
/// <param name="Stays">Who was where when, in any order.</param>
/// <param name="Cases">At most one per person.</param>
/// <param name="Transmissions">Recorded pairs of infector and infectee.</param>
internal sealed record Town(
    string Name, IReadOnlyList<Person> People, IReadOnlyList<Venue> Places, IReadOnlyList<Stay> Stays, IReadOnlyList<Illness> Cases,
    IReadOnlyList<Transmission> Transmissions)
{
    /// <summary>The first day on which anything is known.</summary>
    public DateOnly FirstDay { get; } = Stays.Select(stay => stay.Day).Concat(Cases.Select(illness => illness.Reported)).Min();

    /// <summary>The last day on which anything is known.</summary>
    public DateOnly LastDay { get; } = Stays.Select(stay => stay.Day).Concat(Cases.Select(illness => illness.Reported)).Max();
}

/// <param name="Key">The person's id in the source.</param>
/// <param name="AgeInYears">At the time of the outbreak.</param>
/// <param name="Male">For the citizen ID number.</param>
/// <param name="Home">Where they live.</param>
internal sealed record Person(string Key, int AgeInYears, bool Male, Position Home);

/// <param name="Latitude">WGS 84 degrees.</param>
/// <param name="Longitude">WGS 84 degrees.</param>
internal readonly record struct Position(double Latitude, double Longitude)
{
    private const double MetresPerDegree = 111_320;

    /// <summary>The position so many metres to the east and north.</summary>
    public Position Move(double east, double north) =>
        new(Latitude + (north / MetresPerDegree), Longitude + (east / (MetresPerDegree * Math.Cos(Latitude * Math.PI / 180))));
}

/// <param name="Key">The place's id in the source.</param>
/// <param name="Name">As its owner registers it.</param>
/// <param name="Type">One of the place types of the city's API.</param>
/// <param name="At">Where it is.</param>
internal sealed record Venue(string Key, string Name, string Type, Position At);

/// <param name="Person">Who.</param>
/// <param name="Venue">Where.</param>
/// <param name="Day">The day on which the stay ended.</param>
/// <param name="From">Start, in hours from midnight of that day; negative for the evening before.</param>
/// <param name="Until">End, in hours from midnight of that day.</param>
internal readonly record struct Stay(string Person, string Venue, DateOnly Day, double From, double Until);

/// <param name="Person">Who.</param>
/// <param name="Onset">First symptoms.</param>
/// <param name="Reported">When the laboratory reports.</param>
internal sealed record Illness(string Person, DateOnly Onset, DateOnly Reported);

/// <param name="Infector">From whom.</param>
/// <param name="Infectee">To whom.</param>
internal sealed record Transmission(string Infector, string Infectee);
