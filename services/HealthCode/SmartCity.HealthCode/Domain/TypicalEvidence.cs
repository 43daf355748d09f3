namespace SmartCity.HealthCode.Domain;

/// <summary>A piece of evidence of every kind as its source states it, on which a new rule is tried before it may decide about people.</summary>
internal static class TypicalEvidence
{
    public static DateTimeOffset At { get; } = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);

    public static Evidence Of(EvidenceKind kind)
    {
        var evidence = new Evidence { Id = new Guid((int)kind, 0, 0, new byte[8]), Kind = kind, Source = SourceOf(kind) };
        var (minutes, days, detail) = ContentOf(kind);
        evidence.State(At, minutes, At, days is { } length ? At.AddDays(length) : null, detail);
        return evidence;
    }

    private static EvidenceSource SourceOf(EvidenceKind kind) => kind switch
    {
        EvidenceKind.PositiveResult or EvidenceKind.NegativeResult or EvidenceKind.RapidTest or EvidenceKind.Vaccination => EvidenceSource.Laboratory,
        EvidenceKind.Exposure => EvidenceSource.PlaceRegistration,
        EvidenceKind.Symptoms or EvidenceKind.Trip => EvidenceSource.Person,
        EvidenceKind.Temperature => EvidenceSource.Venue,
        EvidenceKind.AreaRisk => EvidenceSource.EarlyWarning,
        EvidenceKind.ForeignCertificate => EvidenceSource.ForeignIssuer,
        _ => EvidenceSource.HealthCommission,
    };

    private static (int? Minutes, int? Days, string? Detail) ContentOf(EvidenceKind kind) => kind switch
    {
        EvidenceKind.Exposure => (30, null, null),
        EvidenceKind.RapidTest => (null, null, """{"positive":true}"""),
        EvidenceKind.Vaccination => (null, null, """{"dose":2,"of":2}"""),
        EvidenceKind.Symptoms => (null, null, """{"symptoms":["fever","cough"]}"""),
        EvidenceKind.Trip => (null, null, """{"region":"310000","cell":"3123N12147E","leftAt":"2022-03-21T08:00:00Z"}"""),
        EvidenceKind.Temperature => (null, null, """{"tenths":382,"fever":true}"""),
        EvidenceKind.AreaRisk => (null, 7, """{"level":"high","via":"home"}"""),
        EvidenceKind.Isolation => (null, 7, """{"color":"red"}"""),
        EvidenceKind.ForeignCertificate => (null, 180, """{"type":"vaccination"}"""),
        EvidenceKind.OfficerDecision => (null, 3, """{"color":"red"}"""),
        _ => (null, null, null),
    };
}
