namespace SmartCity.HealthCode.Features;

/// <summary>What people say of themselves, and what others report of them: the interfaces of GB/T 38961 to 38963-2020.</summary>
internal static class Declarations
{
    public static void Map(RouteGroupBuilder features, RouteGroupBuilder me)
    {
        DeclareHealth.Map(me);
        DeclareTrip.Map(me);
        CorrectDeclaration.Map(me);
        ListMyEvidence.Map(me);
        TakeTemperature.Map(features, me);
        ReportEvidence.Map(features);
        WithdrawEvidence.Map(features);
    }
}
