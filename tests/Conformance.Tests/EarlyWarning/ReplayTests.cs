using System.Globalization;
using SmartCity.EarlyWarning.Detection;

namespace Conformance.Tests.EarlyWarning;

/// <summary>Simulated series with known outbreaks: our detectors score as R's do, and all together better.</summary>
public sealed class ReplayTests
{
    private const int Weeks = 49;
    private const double Printed = 0.5e-4;

    [Fact]
    public void Detectors_score_as_in_R()
    {
        var ours = Scores(Replay.Read()).ToDictionary(s => s.Detector);
        var file = Path.Combine(ReferenceData.Folder("replay"), "scores_R.csv");
        var theirs = ReferenceTable.Read(file);
        string[] detectors = [.. File.ReadLines(file).Skip(1).Select(line => line.Split(',')[0])];

        Subject.Run("replay", detectors.Select((detector, row) =>
            new Case(detector, () => ours.TryGetValue(detector, out var score) ? Miss(theirs, row, score) : "not ours")));
    }

    [Fact]
    public void Together_they_find_seventy_percent_of_outbreaks_at_one_percent_of_false_alarms()
    {
        var replay = Replay.Read();
        var monitor = new OutbreakMonitor([.. replay.Counts.Select(c => c[..replay.First])]);
        var alarms = new HashSet<(int, int)>();
        for (var week = replay.First; week < replay.First + Weeks; week++)
            alarms.UnionWith(monitor.Next([.. replay.Counts.Select(c => c[week])]).Where(s => s.Alarm).Select(s => (s.Series, s.Week)));
        var together = replay.Score("together", (series, week) => alarms.Contains((series, week)));

        foreach (var score in Scores(replay).Append(together))
            Console.WriteLine(score);
        together.FalsePositiveRate.ShouldBeLessThanOrEqualTo(0.01);
        together.DetectedOutbreaks.ShouldBeGreaterThanOrEqualTo(0.70);
        together.PositivePredictiveValue.ShouldBeGreaterThanOrEqualTo(0.65);
    }

    /// <summary>A city's rule begins anew for every week and looks back ten years at most.</summary>
    [Fact]
    public void As_a_rule_of_the_city_they_find_as_much()
    {
        var replay = Replay.Read();
        var judge = new PanelJudge(new SeriesRule(DetectorKind.OutbreakMonitor, Years: 10), new ScanArea[replay.Counts.Length]);
        var verdicts = Enumerable.Range(0, Weeks).Select(week => judge.Judge(replay.Counts, replay.First + week)).ToArray();
        var rule = replay.Score("together, as a rule", (series, week) => verdicts[week - replay.First][series].Verdict.Alarm);

        Console.WriteLine(rule);
        rule.FalsePositiveRate.ShouldBeLessThanOrEqualTo(0.01);
        rule.DetectedOutbreaks.ShouldBeGreaterThanOrEqualTo(0.70);
        rule.PositivePredictiveValue.ShouldBeGreaterThanOrEqualTo(0.65);
    }

    private static IEnumerable<Score> Scores(Replay replay)
    {
        foreach (var method in Enum.GetValues<EarsMethod>())
        {
            EarsResult[][] results = [.. replay.Counts.Select(c => Ears.Detect(c, EarsOptions.RCompatible(method)))];
            yield return replay.Score($"ears{method}", (series, week) => results[series][week].Alarm);
        }

        foreach (var alpha in (double[])[0.05, 0.02])
        {
            var detector = new Farrington1996(SeasonCalendar.Weekly, FarringtonOptions.Original with { Alpha = alpha });
            yield return replay.Score(Name("farrington", alpha), (series, week) => detector.Evaluate(replay.Counts[series], week).Alarm);
        }

        foreach (var alpha in (double[])[0.05, 0.01])
        {
            var detector = new FarringtonFlexible(SeasonCalendar.Weekly, FarringtonOptions.Noufaily with { Alpha = alpha, Mode = ReferenceMode.RCompatible });
            yield return replay.Score(Name("noufaily", alpha), (series, week) => detector.Evaluate(replay.Counts[series], week).Alarm);
        }

        CusumResult[][] sums = [.. replay.Counts.Select(c => Cusum(c, replay.First))];
        yield return replay.Score("cusum", (series, week) => sums[series][week - replay.First].Alarm);
    }

    private static CusumResult[] Cusum(double[] counts, int first)
    {
        var stream = new CusumStream(CusumOptions.RCompatible);
        var mean = counts[..first].Average();
        return [.. counts[first..].Select(y => stream.Next(y, mean))];
    }

    private static string Name(string detector, double alpha) => string.Create(CultureInfo.InvariantCulture, $"{detector}_a{alpha}");

    private static string? Miss(ReferenceTable theirs, int row, Score score) =>
        theirs.Header.Skip(1).FirstOrDefault(column => !(Math.Abs(theirs[row, column] - score.Value(column)) <= Printed)) is { } column
            ? string.Create(CultureInfo.InvariantCulture, $"{column}: expected {theirs[row, column]}, got {score.Value(column):F4}")
            : null;

    private sealed record Score(
        string Detector, double FalsePositiveRate, double WeeklySensitivity, double DetectedOutbreaks, double DetectedInFirstWeek, double MeanDelay, double PositivePredictiveValue)
    {
        public double Value(string column) => column switch
        {
            "FPR" => FalsePositiveRate,
            "weekly_sensitivity" => WeeklySensitivity,
            "POD" => DetectedOutbreaks,
            "POD_first_week" => DetectedInFirstWeek,
            "mean_delay_weeks" => MeanDelay,
            "PPV" => PositivePredictiveValue,
            _ => throw new InvalidDataException(column),
        };

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{Detector,-18} FPR {FalsePositiveRate:P2}  weeks {WeeklySensitivity:P1}  outbreaks {DetectedOutbreaks:P1}  first week {DetectedInFirstWeek:P1}  delay {MeanDelay:F2}  PPV {PositivePredictiveValue:P1}");
    }

    /// <param name="Counts">Counts by series and week.</param>
    /// <param name="Outbreak">The part of them that belongs to outbreaks.</param>
    private sealed record Replay(double[][] Counts, double[][] Outbreak)
    {
        /// <summary>First of the judged weeks: the last 49.</summary>
        public int First => Counts[0].Length - Weeks;

        public static Replay Read() => new(Series("counts.csv"), Series("outbreak_cases.csv"));

        public Score Score(string detector, Func<int, int, bool> alarm)
        {
            int falseAlarms = 0, calm = 0, hits = 0, weeks = 0, detected = 0, atOnce = 0, delay = 0;
            for (var series = 0; series < Counts.Length; series++)
            {
                int start = -1, hit = -1;
                for (var week = First; week < First + Weeks; week++)
                {
                    var alarmed = alarm(series, week);
                    if (Outbreak[series][week] == 0)
                    {
                        calm++;
                        falseAlarms += alarmed ? 1 : 0;
                        continue;
                    }

                    weeks++;
                    start = start < 0 ? week : start;
                    hits += alarmed ? 1 : 0;
                    hit = alarmed && hit < 0 ? week : hit;
                }

                detected += hit >= 0 ? 1 : 0;
                atOnce += hit >= 0 && hit == start ? 1 : 0;
                delay += hit >= 0 ? hit - start : 0;
            }

            var all = (double)Counts.Length;
            return new(detector, (double)falseAlarms / calm, (double)hits / weeks, detected / all, atOnce / all, (double)delay / detected, (double)hits / (hits + falseAlarms));
        }

        private static double[][] Series(string file)
        {
            var table = ReferenceTable.Read(Path.Combine(ReferenceData.Folder("replay"), file));
            return [.. table.Header.Skip(1).Select(table.Column)];
        }
    }
}
