namespace SmartCity.HealthCode.Features;

/// <summary>How people contest a status, and how long the city takes to answer.</summary>
internal static class Appeals
{
    public static void Map(RouteGroupBuilder features, RouteGroupBuilder me)
    {
        FileAppeal.Map(me);
        ReadAppeals.Map(features);
        DecideAppeal.Map(features);
        ShowAppealStatistics.Map(features);
    }
}
