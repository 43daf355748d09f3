using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using SmartCity.Draw;

namespace SmartCity.Benchmarks.Booking;

/// <summary>How long it takes anyone to repeat a draw of a million, duplicates included.</summary>
internal static class DrawSpeed
{
    private const int Entries = 1_000_000;

    public static void Run()
    {
        var (seed, file) = (Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), new StringBuilder(Entries * 38));
        for (var n = 0; n < Entries; n++) file.Append(Guid.NewGuid()).Append('\n');
        var text = Encoding.UTF8.GetBytes(file.Append(file.ToString(0, 37 * 1000)).ToString());
        var times = new List<double>();
        for (var round = 0; round < Measure.Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            if (PublicDraw.Repeat(seed, text).Count != Entries) throw new InvalidOperationException("Duplicates did not collapse.");
            times.Add(clock.Elapsed.TotalSeconds);
        }

        Measure.Print($"Draw of {Entries} entries in two seconds", 2 / Measure.Median(times), 1, $"{Measure.Median(times):F2} s");
    }
}
