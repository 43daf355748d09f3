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
        var (times, simple) = (new List<double>(), new List<double>());
        for (var round = 0; round < Measure.Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            var draw = PublicDraw.Repeat(seed, text);
            times.Add(clock.Elapsed.TotalSeconds);
            clock.Restart();
            var same = Simply(Convert.FromHexString(seed), Encoding.UTF8.GetString(text));
            simple.Add(clock.Elapsed.TotalSeconds);
            if (draw.Count != Entries || !draw.First(1000).SequenceEqual(same.Take(1000))) throw new InvalidOperationException("The two draws differ.");
        }

        Measure.Print($"Draw of {Entries} entries in two seconds", 2 / Measure.Median(times), 1, $"{Measure.Median(times):F2} s");
        Console.WriteLine($"  {Measure.Median(simple) / Measure.Median(times):F1}x the speed of the rule written down as it reads ({Measure.Median(simple):F2} s)");
    }

    /// <summary>The rule as it reads, which is what somebody who trusts no tool writes.</summary>
    private static Guid[] Simply(byte[] seed, string entries)
    {
        var numbers = entries.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse).Distinct().Order().ToArray();
        var digest = SHA256.HashData(numbers.SelectMany(number => number.ToByteArray(bigEndian: true)).ToArray());
        return [.. numbers.OrderBy(number => Convert.ToHexString(SHA256.HashData([.. seed, .. digest, .. number.ToByteArray(bigEndian: true)])), StringComparer.Ordinal)];
    }
}
