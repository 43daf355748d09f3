namespace SmartCity.EarlyWarning.Detection;

/// <summary>All circles: around each area, its neighbours by distance up to the largest share. Areas at the same distance enter together; within one circle they stand in the order given.</summary>
internal sealed class ScanCircles
{
    private const double SameDistance = 1e-9;

    private ScanCircles(int[][] neighbours, bool[][] isCircle, double[][] radius) => (Neighbours, IsCircle, Radius) = (neighbours, isCircle, radius);

    /// <summary>By centre: areas from the middle outwards.</summary>
    public int[][] Neighbours { get; }

    /// <summary>By centre and last neighbour: whether the areas up to it are a circle, or more of the same distance follow.</summary>
    public bool[][] IsCircle { get; }

    /// <summary>By centre and last neighbour.</summary>
    public double[][] Radius { get; }

    public static ScanCircles Around(ReadOnlySpan<ScanArea> areas, double[] weight, double maxShare)
    {
        var limit = weight.Sum() * maxShare * (1 + 1e-12);
        int[][] neighbours = new int[areas.Length][];
        var isCircle = new bool[areas.Length][];
        var radius = new double[areas.Length][];
        var distance = new double[areas.Length];
        var order = new int[areas.Length];
        for (var centre = 0; centre < areas.Length; centre++)
        {
            for (var i = 0; i < areas.Length; i++)
                (distance[i], order[i]) = (areas[centre].Distance(areas[i]), i);
            Array.Sort(order, (a, b) => distance[a].CompareTo(distance[b]) is var byDistance and not 0 ? byDistance : a.CompareTo(b));

            var (count, length, sum) = (0, 0, 0.0);
            var ends = new bool[areas.Length];
            foreach (var area in order)
            {
                sum += weight[area];
                count++;
                ends[count - 1] = count == order.Length || distance[order[count]] - distance[area] > SameDistance * distance[area];
                if (sum > limit)
                    break;
                if (ends[count - 1])
                    length = count;
            }

            neighbours[centre] = order[..length];
            isCircle[centre] = ends[..length];
            radius[centre] = [.. neighbours[centre].Select(a => distance[a])];
        }

        return new(neighbours, isCircle, radius);
    }
}
