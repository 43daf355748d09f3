namespace SmartCity.EarlyWarning.Detection;

/// <summary>Generalised linear models with log link, fitted by iteratively re-weighted least squares with R's start and stopping rule.</summary>
internal sealed class LogLinearModel(double[] coefficients, double[] fitted)
{
    private const int MaxSteps = 25;
    private const double Epsilon = 1e-8;

    public double[] Coefficients { get; } = coefficients;
    public double[] Fitted { get; } = fitted;

    public static LogLinearModel FitPoisson(double[][] design, double[] y, double[]? weights = null) =>
        Fit(design, y, [.. y.Select(v => v + 0.1)], double.PositiveInfinity, weights);

    /// <summary>Mean and shape θ (variance µ + µ²/θ) in turn, until likelihood and θ stay.</summary>
    public static (LogLinearModel Model, double Theta) FitNegativeBinomial(double[][] design, double[] y)
    {
        var model = FitPoisson(design, y);
        var theta = NegativeBinomialShape.MostLikely(y, model.Fitted);
        var scale = Math.Sqrt(2.0 * Math.Max(1, y.Length - design[0].Length));
        var likelihood = NegativeBinomialShape.LogLikelihood(theta, model.Fitted, y);
        double before = likelihood + 2 * scale, change = 1;
        for (var step = 0; step < MaxSteps && Math.Abs(before - likelihood) / scale + Math.Abs(change) > Epsilon; step++)
        {
            var next = Fit(design, y, model.Fitted, theta);
            // θ follows from the means of the step before, as in MASS.
            var shape = NegativeBinomialShape.MostLikely(y, model.Fitted);
            change = theta - shape;
            (model, theta, before) = (next, shape, likelihood);
            likelihood = NegativeBinomialShape.LogLikelihood(theta, model.Fitted, y);
        }

        return (model, theta);
    }

    private static LogLinearModel Fit(double[][] design, double[] y, double[] start, double theta, double[]? weights = null)
    {
        int n = y.Length, p = design[0].Length;
        var mu = (double[])start.Clone();
        double[] eta = [.. mu.Select(m => Math.Log(m))];
        var coefficients = new double[p];
        var deviance = Deviance(y, mu, theta, weights);
        for (var step = 0; step < MaxSteps; step++)
        {
            var normal = new double[p, p];
            var right = new double[p];
            for (var i = 0; i < n; i++)
            {
                var w = (weights?[i] ?? 1) * mu[i] / (1 + mu[i] / theta);
                var z = eta[i] + (y[i] - mu[i]) / mu[i];
                for (var j = 0; j < p; j++)
                {
                    right[j] += w * design[i][j] * z;
                    for (var k = 0; k <= j; k++)
                        normal[j, k] += w * design[i][j] * design[i][k];
                }
            }

            coefficients = Cholesky.Solve(normal, right);
            for (var i = 0; i < n; i++)
            {
                double sum = 0;
                for (var j = 0; j < p; j++)
                    sum += design[i][j] * coefficients[j];
                eta[i] = sum;
                mu[i] = Math.Max(Math.Exp(sum), 2.2204460492503131e-16);
            }

            var next = Deviance(y, mu, theta, weights);
            var stays = Math.Abs(next - deviance) / (Math.Abs(next) + 0.1) < Epsilon;
            deviance = next;
            if (stays)
                break;
        }

        return new(coefficients, mu);
    }

    private static double Deviance(double[] y, double[] mu, double theta, double[]? weights)
    {
        double sum = 0;
        for (var i = 0; i < y.Length; i++)
        {
            var term = y[i] > 0 ? y[i] * Math.Log(y[i] / mu[i]) : 0;
            sum += (weights?[i] ?? 1) * (double.IsPositiveInfinity(theta)
                ? term - (y[i] - mu[i])
                : term - (y[i] + theta) * Math.Log((y[i] + theta) / (mu[i] + theta)));
        }

        return 2 * sum;
    }
}
