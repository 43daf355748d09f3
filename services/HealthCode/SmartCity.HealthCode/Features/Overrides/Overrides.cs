namespace SmartCity.HealthCode.Features;

/// <summary>Setting a colour by hand, and everything that keeps this power in check.</summary>
internal static class Overrides
{
    public static void Map(RouteGroupBuilder features, RouteGroupBuilder me)
    {
        ProposeOverride.Map(features);
        ApproveOverride.Map(features);
        RevokeOverride.Map(features);
        ShowPublicLog.Map(features);
        ListMyNotices.Map(me);
    }
}
