namespace SmartCity.HealthCode.Features;

/// <summary>How rules change: draft, dry run over the whole city, two approvals, release in stages, and back if need be.</summary>
internal static class Policies
{
    public static void Map(RouteGroupBuilder features)
    {
        DraftPolicy.Map(features);
        ShowPolicies.Map(features);
        DryRunPolicy.Map(features);
        ApprovePolicy.Map(features);
        ReleasePolicy.Map(features);
    }
}
