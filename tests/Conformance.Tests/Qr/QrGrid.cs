namespace Conformance.Tests.Qr;

/// <summary>The modules of a rendered, upright, undamaged QR code (ISO/IEC 18004) and which of them carry data.</summary>
internal sealed class QrGrid
{
    private readonly bool[,] _dark;
    private readonly bool[,] _function;

    public QrGrid(Png picture)
    {
        var (left, top, right) = Bounds(picture);
        var width = right - left + 1;
        Version = Enumerable.Range(1, 40).FirstOrDefault(version => TimingAlternates(17 + 4 * version));
        if (Version == 0)
            throw new FormatException("not a QR code");
        Size = 17 + 4 * Version;
        _dark = new bool[Size, Size];
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
                _dark[x, y] = Module(Size, x, y);
        }
        _function = FunctionPatterns();

        // Pictures are scaled by any factor: only with the right number of modules do those of the timing pattern take turns.
        bool TimingAlternates(int size) => Enumerable.Range(0, size)
            .All(i => Module(size, i, 6) == (i < 7 || i > size - 8 || (i != 7 && i != size - 8 && i % 2 == 0)));

        bool Module(int size, int x, int y) =>
            picture.IsDark((int)(left + (x + 0.5) * width / size), (int)(top + (y + 0.5) * width / size));
    }

    public int Size { get; }

    public int Version { get; }

    public bool IsDark(int x, int y) => _dark[x, y];

    public bool CarriesData(int x, int y) => !_function[x, y];

    private static (int Left, int Top, int Right) Bounds(Png picture)
    {
        var (left, top, right) = (picture.Width, -1, 0);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                if (!picture.IsDark(x, y))
                    continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                top = top < 0 ? y : top;
            }
        }
        return top < 0 ? throw new FormatException("an empty picture") : (left, top, right);
    }

    private bool[,] FunctionPatterns()
    {
        var function = new bool[Size, Size];
        Fill(0, 0, 9, 9); // finders with separators and format information
        Fill(Size - 8, 0, 8, 9);
        Fill(0, Size - 8, 9, 8);
        Fill(0, 6, Size, 1); // timing
        Fill(6, 0, 1, Size);
        var centres = AlignmentCentres();
        foreach (var x in centres)
        {
            foreach (var y in centres)
            {
                var besideFinder = (x == 6 && y == 6) || (x == 6 && y == centres[^1]) || (x == centres[^1] && y == 6);
                if (!besideFinder)
                    Fill(x - 2, y - 2, 5, 5);
            }
        }
        if (Version >= 7)
        {
            Fill(Size - 11, 0, 3, 6);
            Fill(0, Size - 11, 6, 3);
        }
        return function;

        void Fill(int left, int top, int width, int height)
        {
            for (var y = top; y < top + height; y++)
            {
                for (var x = left; x < left + width; x++)
                    function[x, y] = true;
            }
        }
    }

    // Annex E: evenly spaced by an even step from the far end, the first at 6; version 32 is the exception of the table.
    private int[] AlignmentCentres()
    {
        if (Version == 1)
            return [];
        var count = Version / 7 + 2;
        var last = Size - 7;
        var step = Version == 32 ? 26 : 2 * (int)Math.Ceiling((last - 6) / (2.0 * (count - 1)));
        return [6, .. Enumerable.Range(0, count - 1).Select(i => last - (count - 2 - i) * step)];
    }
}
