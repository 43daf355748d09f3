using SmartCity.EarlyWarning.Detection;

namespace SmartCity.Detection.Tests;

public sealed class EarsTests
{
    private static readonly double[] Calm = [3, 5, 4, 6, 5, 4, 5, 3, 4, 5, 6, 4];

    [Fact]
    public void C1_explains_its_bound_by_the_seven_days_before()
    {
        var today = Ears.Detect([.. Calm, 20], new EarsOptions(EarsMethod.C1))[^1];

        double[] baseline = Calm[today.BaselineStart..today.BaselineEnd];
        baseline.ShouldBe([4, 5, 3, 4, 5, 6, 4]);
        today.Mean.ShouldBe(baseline.Average(), 1e-12);
        today.UpperBound.ShouldBe(today.Mean + 3.090232306167813 * today.Sigma, 1e-9);
        today.Alarm.ShouldBeTrue();
    }

    [Fact]
    public void C2_leaves_out_the_two_days_before()
    {
        var today = Ears.Detect([.. Calm, 20], new EarsOptions(EarsMethod.C2))[^1];

        Calm[today.BaselineStart..today.BaselineEnd].ShouldBe(Calm[3..10]);
    }

    [Fact]
    public void After_a_week_of_zeros_one_case_alarms_only_without_a_floor()
    {
        double[] quiet = [0, 0, 0, 0, 0, 0, 0, 1];

        Ears.Detect(quiet, EarsOptions.RCompatible(EarsMethod.C1))[^1].Alarm.ShouldBeTrue();
        Ears.Detect(quiet, new EarsOptions(EarsMethod.C1))[^1].Alarm.ShouldBeFalse();
    }

    [Theory]
    [InlineData(EarsMethod.C1)]
    [InlineData(EarsMethod.C2)]
    [InlineData(EarsMethod.C3)]
    public void A_missing_day_is_not_a_zero(EarsMethod method)
    {
        double[] gap = [.. Calm, double.NaN, 5, 5, 5, 5];

        var results = Ears.Detect(gap, new EarsOptions(method));

        results[Calm.Length].Alarm.ShouldBeFalse();
        results[^1].HasAnswer.ShouldBeTrue();
        results[^1].Mean.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void One_missing_day_leaves_the_R_compatible_detector_without_answer_for_a_week()
    {
        double[] gap = [.. Calm, double.NaN, 5, 5, 5, 5, 5, 5, 5, 5];

        var results = Ears.Detect(gap, EarsOptions.RCompatible(EarsMethod.C1));

        results[Calm.Length..].Count(r => !r.HasAnswer).ShouldBe(7);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new EarsStream(new EarsOptions(EarsMethod.C1) { Baseline = 2 }));
        Should.Throw<ArgumentOutOfRangeException>(() => new EarsStream(new EarsOptions(EarsMethod.C1) { MinSigma = -1 }));
        Should.Throw<ArgumentOutOfRangeException>(() => new EarsStream(new EarsOptions(EarsMethod.C1) { Alpha = 0 }));
    }
}
