namespace SmartCity.EarlyWarning.Detection;

/// <summary>Functions of small whole counts, looked up: they are most of what the fits of many sparse series would compute.</summary>
internal static class CountTables
{
    private const int Size = 4096;
    private static readonly double[] LogTable = [.. Enumerable.Range(0, Size).Select(n => Math.Log(n + 0.1))];
    private static readonly double[] TimesLogTable = [.. Enumerable.Range(0, Size).Select(n => n == 0 ? 0 : n * Math.Log(n))];
    private static readonly double[] TwoThirdsTable = [.. Enumerable.Range(0, Size).Select(n => Math.Pow(n, 2.0 / 3))];

    /// <summary>log(y + 0.1).</summary>
    public static double LogPlusTenth(double y) => Small(y) ? LogTable[(int)y] : Math.Log(y + 0.1);

    /// <summary>y·log y, 0 for 0.</summary>
    public static double TimesLog(double y) => Small(y) ? TimesLogTable[(int)y] : y * Math.Log(y);

    /// <summary>y^⅔.</summary>
    public static double TwoThirds(double y) => Small(y) ? TwoThirdsTable[(int)y] : Math.Pow(y, 2.0 / 3);

    private static bool Small(double y) => y is >= 0 and < Size && y == Math.Floor(y);
}
