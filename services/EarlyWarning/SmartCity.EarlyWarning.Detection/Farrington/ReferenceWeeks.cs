namespace SmartCity.EarlyWarning.Detection;

/// <summary>The past weeks that a Farrington baseline is made of, and the seasonal block that each belongs to. Depends on the calendar only, not on counts.</summary>
/// <remarks>Shared by all series with one calendar: built once for a week, used for every series.</remarks>
internal sealed class ReferenceWeeks
{
    /// <summary>Consecutive weeks of one block, one time unit apart: positions from Start up to but without End.</summary>
    internal readonly record struct Run(int Start, int End, int Block);

    private ReferenceWeeks(int[] index, int[] block, double[] time, int blocks, int current, double now)
    {
        (Index, Block, Time, Blocks, CurrentBlock, Now) = (index, block, time, blocks, current, now);
        Runs = [.. Consecutive()];
    }

    /// <summary>Positions in the series, ascending.</summary>
    public int[] Index { get; }

    /// <summary>Block of each, from 0.</summary>
    public int[] Block { get; }

    /// <summary>Time of each in weeks, with 0 in the middle.</summary>
    public double[] Time { get; }

    public int Blocks { get; }

    /// <summary>The block that the week to judge belongs to.</summary>
    public int CurrentBlock { get; }

    /// <summary>Time of the week to judge.</summary>
    public double Now { get; }

    public Run[] Runs { get; }

    public int Count => Index.Length;

    /// <summary>Weeks w to either side of each of the last b anniversaries that exist; other weeks are not used.</summary>
    /// <returns>Null where no anniversary exists.</returns>
    public static ReferenceWeeks? Windows(SeasonCalendar calendar, int week, FarringtonOptions options)
    {
        var index = new SortedSet<int>();
        for (var year = 1; year <= options.Years; year++)
            for (var offset = -options.HalfWindow; offset <= options.HalfWindow; offset++)
                if (calendar.Anniversary(week, year, offset) is { } at)
                    index.Add(at);
        return index.Count < 2 ? null : Create(i => i, week, [.. index], new int[index.Count], 1, 0);
    }

    /// <summary>As <see cref="Windows"/>, with the weeks between the windows in blocks of equal length, without the last weeks.</summary>
    /// <returns>Null where an anniversary lies before the series.</returns>
    public static ReferenceWeeks? WindowsAndSeasons(SeasonCalendar calendar, int week, FarringtonOptions options)
    {
        var (periods, w) = (options.Periods, options.HalfWindow);
        var block = new int[week + 1];
        block.AsSpan(Math.Max(0, week - w)).Fill(periods);
        var later = week;
        for (var year = 1; year <= options.Years; year++)
        {
            if (calendar.Anniversary(week, year, 0) is not { } reference)
                return null;
            block.AsSpan(Math.Max(0, reference - w)..(reference + w + 1)).Fill(periods);
            if (periods > 1)
                FillBetween(block, reference + w + 1, later - w - 1 - (reference + w), periods - 1);
            later = reference;
        }

        block.AsSpan(Math.Max(0, week - options.PastWeeksExcluded)).Clear();
        int[] index = [.. Enumerable.Range(0, block.Length).Where(i => block[i] > 0)];
        return index.Length == 0 ? null : Create(calendar.Time, week, index, [.. index.Select(i => block[i] - 1)], periods, periods - 1);
    }

    /// <summary>The first blocks are one week longer where the length does not divide evenly.</summary>
    private static void FillBetween(int[] block, int start, int length, int blocks)
    {
        var (each, rest) = Math.DivRem(Math.Max(0, length), blocks);
        for (var b = 1; b <= blocks; b++)
        {
            var size = each + (b <= rest ? 1 : 0);
            block.AsSpan(start, size).Fill(b);
            start += size;
        }
    }

    private static ReferenceWeeks Create(Func<int, double> timeOf, int week, int[] index, int[] block, int blocks, int current)
    {
        double[] time = [.. index.Select(timeOf)];
        var middle = Math.Round((time[0] + time[^1]) / 2);
        return new(index, block, [.. time.Select(t => t - middle)], blocks, current, timeOf(week) - middle);
    }

    private IEnumerable<Run> Consecutive()
    {
        var start = 0;
        for (var i = 1; i <= Count; i++)
        {
            if (i < Count && Block[i] == Block[start] && Time[i] == Time[i - 1] + 1)
                continue;
            yield return new(start, i, Block[start]);
            start = i;
        }
    }
}
