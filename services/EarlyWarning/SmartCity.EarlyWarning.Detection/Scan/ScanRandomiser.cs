namespace SmartCity.EarlyWarning.Detection;

/// <summary>Random numbers of one replication (SplitMix64), the same on every machine and thread.</summary>
internal struct ScanRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 up to but without the bound.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>The same, and what is left of the random bits: a fraction of 2⁶⁴.</summary>
    public int Below(int bound, out ulong fraction) => (int)Math.BigMul(Next(), (ulong)bound, out fraction);
}

/// <summary>Cases under the null hypothesis.</summary>
internal abstract class ScanRandomiser(int areas, int days)
{
    protected int Cells { get; } = areas * days;

    /// <summary>Writes random cases by area and day.</summary>
    public abstract void Fill(ScanRandom random, int[] cases);
}

/// <summary>The observed cases with their days dealt out anew: numbers by area and by day stay as they are.</summary>
internal sealed class PermutedDays : ScanRandomiser
{
    private readonly int _days;
    private readonly int[] _areaOf;
    private readonly int[] _dayOf;

    public PermutedDays(int[] cases, int areas, int days) : base(areas, days)
    {
        _days = days;
        _areaOf = [.. Enumerable.Range(0, cases.Length).SelectMany(cell => Enumerable.Repeat(cell / days, cases[cell]))];
        _dayOf = [.. Enumerable.Range(0, cases.Length).SelectMany(cell => Enumerable.Repeat(cell % days, cases[cell]))];
    }

    public override void Fill(ScanRandom random, int[] cases)
    {
        Array.Clear(cases);
        var day = System.Buffers.ArrayPool<int>.Shared.Rent(_dayOf.Length);
        _dayOf.CopyTo(day, 0);
        for (var i = _dayOf.Length - 1; i >= 0; i--)
        {
            var j = random.Below(i + 1);
            cases[_areaOf[i] * _days + day[j]]++;
            day[j] = day[i];
        }

        System.Buffers.ArrayPool<int>.Shared.Return(day);
    }
}

/// <summary>The observed number of cases, each in an area and on a day drawn in proportion to the expectation (alias method of Walker and Vose).</summary>
internal sealed class DrawnCells : ScanRandomiser
{
    private readonly int _total;
    private readonly Cell[] _cells;

    public DrawnCells(double[,] expected, int total) : base(expected.GetLength(0), expected.GetLength(1))
    {
        _total = total;
        _cells = new Cell[Cells];
        double[] share = [.. expected.Cast<double>()];
        var scale = Cells / share.Sum();
        var (small, large) = (new Stack<int>(), new Stack<int>());
        for (var i = 0; i < Cells; i++)
        {
            share[i] *= scale;
            (share[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            _cells[less] = new((ulong)(share[less] * ulong.MaxValue), more);
            share[more] -= 1 - share[less];
            (share[more] < 1 ? small : large).Push(more);
        }

        // What rounding left over is full; a cell where nothing is expected is never among it.
        foreach (var i in small.Concat(large))
            _cells[i] = new(ulong.MaxValue, i);
    }

    public override void Fill(ScanRandom random, int[] cases)
    {
        Array.Clear(cases);
        for (var i = 0; i < _total; i++)
        {
            var drawn = random.Below(Cells, out var fraction);
            var cell = _cells[drawn];
            cases[fraction < cell.Keep ? drawn : cell.Alias]++;
        }
    }

    private readonly record struct Cell(ulong Keep, int Alias);
}
