using System.Diagnostics;
using SmartCity.HealthCode.Credentials;

namespace SmartCity.Benchmarks.Credentials;

internal static class RevocationListSize
{
    private const int Entries = 1_000_000;

    public static void Run()
    {
        for (var width = 1; width <= 4; width++)
        {
            var watch = Stopwatch.StartNew();
            var filter = RevocationFilter.Build(
                Enumerable.Range(0, Entries).Select(i => RevocationId.OfCityCode(new Guid(i, 0, 0, new byte[8]))), width);
            var bits = filter.ToBytes().Length * 8.0 / Entries;
            var theory = 8.0 * width;
            Console.WriteLine(
                $"revocation list, p = 2^-{8 * width}: {bits / theory:F3} x log2(1/p) bits per entry (goal at most 1.150) "
                + $"{(bits / theory <= 1.15 ? "met" : "MISSED")}  {bits:F2} bits, built in {watch.ElapsedMilliseconds} ms");
        }
    }
}
