namespace SmartCity.EarlyWarning.Detection;

/// <summary>Least squares of a vector function with bounds on its parameters; derivatives by differences.</summary>
internal static class LevenbergMarquardt
{
    private const int MaxSteps = 200;

    /// <param name="start">First guess; not changed.</param>
    /// <param name="lower">Lower bounds.</param>
    /// <param name="upper">Upper bounds.</param>
    /// <param name="residuals">Writes the residuals for given parameters.</param>
    /// <param name="count">Number of residuals.</param>
    public static (double[] Point, double SumOfSquares) Minimise(
        double[] start, double[] lower, double[] upper, Action<double[], double[]> residuals, int count)
    {
        var n = start.Length;
        var point = (double[])start.Clone();
        double[] r = new double[count], trial = new double[count], forward = new double[count];
        residuals(point, r);
        var squares = Squares(r);
        var jacobian = new double[n][];
        for (var j = 0; j < n; j++)
            jacobian[j] = new double[count];
        double damping = 1e-3;
        for (var step = 0; step < MaxSteps && damping < 1e12; step++)
        {
            for (var j = 0; j < n; j++)
                Column(point, j, r, forward, jacobian[j], lower, upper, residuals);
            var improved = false;
            while (!improved && damping < 1e12)
            {
                var next = Step(point, jacobian, r, damping, lower, upper);
                residuals(next, trial);
                var value = Squares(trial);
                if (value < squares)
                {
                    improved = true;
                    var gain = (squares - value) / squares;
                    (point, squares) = (next, value);
                    (r, trial) = (trial, r);
                    damping = Math.Max(damping / 10, 1e-12);
                    if (gain < 1e-12)
                        return (point, squares);
                }
                else
                {
                    damping *= 10;
                }
            }
        }

        return (point, squares);
    }

    private static double Squares(double[] r)
    {
        double sum = 0;
        foreach (var v in r)
            sum += v * v;
        return double.IsFinite(sum) ? sum : double.PositiveInfinity;
    }

    private static void Column(
        double[] point, int j, double[] r, double[] forward, double[] column, double[] lower, double[] upper, Action<double[], double[]> residuals)
    {
        var value = point[j];
        var h = 1e-6 * Math.Max(1, Math.Abs(value));
        if (value + h > upper[j])
            h = -h;
        point[j] = value + h;
        residuals(point, forward);
        point[j] = value;
        // A parameter at its bound that cannot move has no derivative of interest.
        var fixedParameter = upper[j] <= lower[j];
        for (var i = 0; i < r.Length; i++)
            column[i] = fixedParameter ? 0 : (forward[i] - r[i]) / h;
    }

    private static double[] Step(double[] point, double[][] jacobian, double[] r, double damping, double[] lower, double[] upper)
    {
        var n = point.Length;
        var normal = new double[n, n];
        var right = new double[n];
        for (var j = 0; j < n; j++)
        {
            for (var k = 0; k <= j; k++)
                normal[j, k] = Dot(jacobian[j], jacobian[k]);
            right[j] = -Dot(jacobian[j], r);
        }

        for (var j = 0; j < n; j++)
            normal[j, j] += damping * normal[j, j] + 1e-12;
        var change = Cholesky.Solve(normal, right);
        var next = new double[n];
        for (var j = 0; j < n; j++)
            next[j] = Math.Clamp(point[j] + change[j], lower[j], upper[j]);
        return next;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
