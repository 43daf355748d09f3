namespace SmartCity.EarlyWarning.Detection;

/// <summary>All circles: around each area, its neighbours by distance up to the largest share. Areas at the same distance enter together, in the order given.</summary>
internal sealed class ScanCircles
{
    private const double SameDistance = 1e-9;

    private readonly double[][] _radius;

    private ScanCircles(int[][] neighbours, int[][] sizes, double[][] radius) => (Neighbours, Sizes, _radius) = (neighbours, sizes, radius);

    /// <summary>By centre: areas from the middle outwards.</summary>
    public int[][] Neighbours { get; }

    /// <summary>By centre and circle: how many areas it holds.</summary>
    public int[][] Sizes { get; }

    public double Radius(int centre, int circle) => _radius[centre][circle];

    public ReadOnlySpan<int> Areas(int centre, int circle) => Neighbours[centre].AsSpan(0, Sizes[centre][circle]);

    public static ScanCircles Around(ReadOnlySpan<ScanArea> areas, double[] weight, double maxShare)
    {
        var limit = weight.Sum() * maxShare * (1 + 1e-12);
        int[][] neighbours = new int[areas.Length][], sizes = new int[areas.Length][];
        var radius = new double[areas.Length][];
        var distance = new double[areas.Length];
        var order = new int[areas.Length];
        var ends = new List<int>();
        for (var centre = 0; centre < areas.Length; centre++)
        {
            for (var i = 0; i < areas.Length; i++)
                (distance[i], order[i]) = (areas[centre].Distance(areas[i]), i);
            Array.Sort(distance, order);
            ends.Clear();
            double sum = 0;
            for (var start = 0; start < order.Length;)
            {
                var end = start + 1;
                while (end < order.Length && distance[end] - distance[start] <= SameDistance * distance[end])
                    end++;
                Array.Sort(order, start, end - start);
                for (; start < end; start++)
                    sum += weight[order[start]];
                if (sum > limit)
                    break;
                ends.Add(end);
            }

            sizes[centre] = [.. ends];
            neighbours[centre] = ends.Count == 0 ? [] : order[..ends[^1]];
            radius[centre] = [.. ends.Select(end => distance[end - 1])];
        }

        return new(neighbours, sizes, radius);
    }
}
