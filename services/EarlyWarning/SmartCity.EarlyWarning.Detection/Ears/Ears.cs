namespace SmartCity.EarlyWarning.Detection;

/// <summary>The three detectors of the Early Aberration Reporting System for short daily (or weekly) series without a known past.</summary>
/// <remarks>
/// <para>With mean m and standard deviation s (n−1, not below <see cref="EarsOptions.MinSigma"/>) of the baseline and z = Φ⁻¹(1−α):</para>
/// <para>C1, C2: U = m + z·s. The baseline of C1 is t−7 … t−1, that of C2 is t−9 … t−3.</para>
/// <para>C3: U = max(0, y(t) + s₂(t)·(z − Σ max(0, C2(t−i) − 1))), i = 1, 2, where C2(t) = (y(t) − m₂(t)) / s₂(t).</para>
/// <para>An alarm is y &gt; U, strictly. C3 has no answer from a standard deviation of zero times an infinite score (only with MinSigma = 0).</para>
/// <para>Missing values (NaN) never alarm and are left out of the baseline; with fewer than <see cref="EarsOptions.MinBaselineDays"/> there is no answer.</para>
/// <para>Source: Fricker, Hegler, Dunfee (2008), Statistics in Medicine 27; Salmon, Schumacher, Höhle (2016), Journal of Statistical Software 70(10).</para>
/// </remarks>
public static class Ears
{
    /// <summary>The method of the options over a whole series; one result a day, those before the first full baseline without an answer.</summary>
    /// <param name="observed">Values by day, NaN where missing.</param>
    /// <param name="options">Method and settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static EarsResult[] Detect(ReadOnlySpan<double> observed, EarsOptions options)
    {
        var stream = new EarsStream(options);
        var results = new EarsResult[observed.Length];
        for (var day = 0; day < observed.Length; day++)
            results[day] = stream.Next(observed[day]);
        return results;
    }
}
