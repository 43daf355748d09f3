namespace SmartCity.EarlyWarning.Features;

/// <summary>Every endpoint of the service, in the order in which an outbreak meets them.</summary>
internal static class EarlyWarningFeatures
{
    /// <summary>From what is counted to an alarm that somebody looks at.</summary>
    public static void MapDetection(this RouteGroupBuilder features)
    {
        ImportGrid.Map(features);
        IngestSignals.Map(features);
        ReviewQuarantine.Map(features);
        ReadSignals.Map(features);
        ShowNowcast.Map(features);
        Summarise.Map(features);
        WriteRule.Map(features);
        BacktestRule.Map(features);
        RecordOutbreak.Map(features);
        ReadAlarms.Map(features);
        TriageEvents.Map(features);
    }

    /// <summary>From an alarm to people who know.</summary>
    public static void MapWarnings(this RouteGroupBuilder features)
    {
        ShowRisk.Map(features);
        DraftWarning.Map(features);
        DecideWarning.Map(features);
        FollowWarning.Map(features);
        AcknowledgeWarning.Map(features);
        ReadWarnings.Map(features);
        SubscribeToWarnings.Map(features);
        ReadMyWarnings.Map(features);
        ImportAlert.Map(features);
    }

    /// <summary>What departments do then, and what the city learns.</summary>
    public static void MapResponse(this RouteGroupBuilder features)
    {
        KeepPlans.Map(features);
        StartResponse.Map(features);
        WorkOnTasks.Map(features);
        MeasureTimeliness.Map(features);
        ReadTimeline.Map(features);
        ReadReviews.Map(features);
        TrackLessons.Map(features);
    }

    /// <summary>What commanders see.</summary>
    public static void MapCockpit(this RouteGroupBuilder features)
    {
        ShowCockpit.Map(features);
        ShowCourse.Map(features);
        ShowMap.Map(features);
        ShowCityIndex.Map(features);
    }
}
