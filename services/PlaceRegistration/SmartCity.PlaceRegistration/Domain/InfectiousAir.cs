namespace SmartCity.PlaceRegistration.Domain;

/// <summary>Air that a case (or whoever is taken for one) made infectious at a place: while they were there, and until it is clear.</summary>
/// <param name="SourceId">The case.</param>
/// <param name="VisitId">The visit that it follows from.</param>
/// <param name="CitizenId">Who was there.</param>
/// <param name="PlaceId">Where the air is: the place of the visit, or one of its zones or what it is a zone of.</param>
/// <param name="From">Included.</param>
/// <param name="Until">When they left, or ceased to be infectious; not included.</param>
/// <param name="ClearAt">Until then the air lingers; not included.</param>
/// <param name="Zone">How the place of the visit and this one are related.</param>
internal readonly record struct InfectiousAir(
    Guid SourceId, Guid VisitId, Guid CitizenId, Guid PlaceId, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset ClearAt, ZoneRelation Zone)
{
    /// <summary>The times at which somebody who was there breathed it: beside the case, and after them.</summary>
    public void AddSharedWith(DateTimeOffset arrivedAt, DateTimeOffset leftAt, List<SharedAir> shared)
    {
        Add(From, Until, lingering: false, this);
        Add(Until, ClearAt, lingering: true, this);

        void Add(DateTimeOffset from, DateTimeOffset until, bool lingering, in InfectiousAir air)
        {
            var (start, end) = (from > arrivedAt ? from : arrivedAt, until < leftAt ? until : leftAt);
            if (start < end) shared.Add(new SharedAir(start, end, air.Zone, lingering));
        }
    }
}

/// <summary>A time in infectious air: the end is not included.</summary>
internal readonly record struct SharedAir(DateTimeOffset From, DateTimeOffset Until, ZoneRelation Zone, bool Lingering);
