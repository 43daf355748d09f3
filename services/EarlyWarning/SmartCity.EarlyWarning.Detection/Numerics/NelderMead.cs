namespace SmartCity.EarlyWarning.Detection;

/// <summary>Minimum of a function of few parameters that each lie between 0 and 1, by the simplex method from several starts.</summary>
/// <remarks>Points outside are moved onto the border, where optima of smoothing parameters often are. MathNet's simplex knows no bounds.</remarks>
internal static class NelderMead
{
    private const int MaxSteps = 2000;

    public static double[] InUnitCube(int parameters, Func<double[], double> function)
    {
        (double[] Point, double Value)? best = null;
        foreach (var start in (ReadOnlySpan<double>)[0.1, 0.3, 0.6, 0.9])
        {
            var point = new double[parameters];
            for (var i = 0; i < parameters; i++)
                point[i] = i == 0 ? start : 0.1;
            var found = Minimise(point, 0.2, function);
            // A second, small simplex leaves a place where the first one collapsed.
            found = Minimise(found.Point, 0.02, function);
            if (best is null || found.Value < best.Value.Value)
                best = found;
        }

        return best!.Value.Point;
    }

    private static (double[] Point, double Value) Minimise(double[] start, double size, Func<double[], double> function)
    {
        var n = start.Length;
        var simplex = new (double[] Point, double Value)[n + 1];
        for (var i = 0; i <= n; i++)
        {
            var point = (double[])start.Clone();
            if (i > 0)
                point[i - 1] += point[i - 1] + size <= 1 ? size : -size;
            simplex[i] = (point, Value(point));
        }

        for (var step = 0; step < MaxSteps; step++)
        {
            Array.Sort(simplex, (a, b) => a.Value.CompareTo(b.Value));
            if (simplex[n].Value - simplex[0].Value <= 1e-14 * Math.Abs(simplex[0].Value))
                break;
            var centre = new double[n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    centre[j] += simplex[i].Point[j] / n;

            var reflected = Along(1);
            var next = reflected.Value < simplex[0].Value ? Better(Along(2), reflected)
                : reflected.Value < simplex[n - 1].Value ? reflected
                : Better(Along(reflected.Value < simplex[n].Value ? 0.5 : -0.5), simplex[n]);
            if (next.Value < simplex[n].Value)
                simplex[n] = next;
            else
                Shrink();

            (double[] Point, double Value) Along(double factor)
            {
                var point = new double[n];
                for (var j = 0; j < n; j++)
                    point[j] = Math.Clamp(centre[j] + factor * (centre[j] - simplex[n].Point[j]), 0, 1);
                return (point, Value(point));
            }
        }

        return simplex[0];

        double Value(double[] point) => function(point) is var value && double.IsNaN(value) ? double.PositiveInfinity : value;

        static (double[] Point, double Value) Better((double[] Point, double Value) a, (double[] Point, double Value) b) => a.Value < b.Value ? a : b;

        void Shrink()
        {
            for (var i = 1; i <= n; i++)
            {
                for (var j = 0; j < n; j++)
                    simplex[i].Point[j] = (simplex[i].Point[j] + simplex[0].Point[j]) / 2;
                simplex[i].Value = Value(simplex[i].Point);
            }
        }
    }
}
