namespace SmartCity.EarlyWarning.Detection;

/// <summary>One cluster of a scan.</summary>
/// <param name="Centre">Index of the area in the middle.</param>
/// <param name="Areas">Indexes of the areas in the circle, from the middle outwards.</param>
/// <param name="Radius">Distance from the middle to the farthest of them, in the unit of the coordinates.</param>
/// <param name="FirstDay">Index of its first day.</param>
/// <param name="LastDay">Index of its last day.</param>
/// <param name="Cases">Cases in it.</param>
/// <param name="Expected">Cases expected in it.</param>
/// <param name="RelativeRisk">Observed over expected inside, divided by the same outside.</param>
/// <param name="LogLikelihoodRatio">The test statistic.</param>
/// <param name="PValue">Monte-Carlo p-value: rank among the maxima of the replications; NaN without replications.</param>
/// <param name="GumbelPValue">p-value from a Gumbel distribution fitted to those maxima: also below 1/(replications + 1).</param>
/// <param name="RecurrenceInterval">Days between clusters as strong as this under the null hypothesis, if the scan is repeated daily: 1/p.</param>
public sealed record ScanCluster(
    int Centre, IReadOnlyList<int> Areas, double Radius, int FirstDay, int LastDay, int Cases, double Expected, double RelativeRisk,
    double LogLikelihoodRatio, double PValue, double GumbelPValue, double RecurrenceInterval);

/// <summary>The answer of <see cref="SpaceTimeScan"/>.</summary>
/// <param name="Clusters">The most likely cluster and further ones that share no area with a likelier one; empty if no circle has more cases than expected.</param>
/// <param name="Maxima">The largest statistic of each replication, in the order of the replications.</param>
public sealed record ScanResult(IReadOnlyList<ScanCluster> Clusters, IReadOnlyList<double> Maxima);
