using FsCheck;
using FsCheck.Fluent;

namespace SmartCity.Detection.Tests;

/// <summary>Random series of counts for property tests.</summary>
internal static class Generators
{
    /// <summary>Counts between 0 and 30, some of them missing.</summary>
    public static Arbitrary<double[]> Series(int length, bool missing) =>
        Gen.Choose(0, 30)
            .Select(n => missing && n > 27 ? double.NaN : n)
            .ArrayOf(length)
            .ToArbitrary();

    /// <summary>Checks a property of such series a hundred times.</summary>
    public static void ForSeries(int length, bool missing, Func<double[], bool> property) =>
        Prop.ForAll(Series(length, missing), property).QuickCheckThrowOnFailure();
}
