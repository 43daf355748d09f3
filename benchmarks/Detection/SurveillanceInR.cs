using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SmartCity.Benchmarks.Detection;

/// <summary>R's time for the same work, measured in the same run; empty where R or its package surveillance is missing.</summary>
internal static class SurveillanceInR
{
    public static IReadOnlyDictionary<string, double> SecondsPerSeries(IEnumerable<double[]> series)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, series.Select(s => string.Join(',', s.Select(y => y.ToString(CultureInfo.InvariantCulture)))));
            using var process = Process.Start(new ProcessStartInfo("Rscript", [Path.Combine(AppContext.BaseDirectory, "farrington.R"), file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return lines.Select(l => l.Split('=')).Where(p => p.Length == 2)
                .ToDictionary(p => p[0], p => double.Parse(p[1], CultureInfo.InvariantCulture));
        }
        catch (Win32Exception)
        {
            // No Rscript on this machine.
            return new Dictionary<string, double>();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
