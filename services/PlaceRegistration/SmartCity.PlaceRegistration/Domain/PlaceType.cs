namespace SmartCity.PlaceRegistration.Domain;

/// <summary>What kind of place it is; admission rules and time-outs go by it.</summary>
public enum PlaceType
{
    /// <summary>Anything that has no word of its own here.</summary>
    Other,

    /// <summary>Restaurants, cafés, canteens.</summary>
    Restaurant,

    /// <summary>Shops, markets, supermarkets.</summary>
    Shop,

    /// <summary>Schools, classes, kindergartens.</summary>
    School,

    /// <summary>Somebody's home. Never shown in public lists.</summary>
    Household,

    /// <summary>Hospitals, clinics, fever clinics.</summary>
    Hospital,

    /// <summary>Buses, trains, stations.</summary>
    Transport,

    /// <summary>Churches, temples, mosques.</summary>
    Worship,

    /// <summary>Offices and factories.</summary>
    Office,

    /// <summary>Concerts, matches, weddings.</summary>
    Event,
}
