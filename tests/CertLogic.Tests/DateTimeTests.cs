using FsCheck;
using FsCheck.Fluent;
using SmartCity.HealthCode.CertLogic;

namespace CertLogic.Tests;

public sealed class DateTimeTests
{
    [Theory]
    [InlineData("2021", "2021-12-31T00:00:00Z")]
    [InlineData("2020-02", "2020-02-29T00:00:00Z")]
    [InlineData("1900-02", "1900-02-28T00:00:00Z")]
    [InlineData("2021-06-01", "2021-06-01T00:00:00Z")]
    [InlineData("2021-06-01T12:34:56", "2021-06-01T12:34:56Z")]
    [InlineData("2021-06-01T12:34:56Z", "2021-06-01T12:34:56Z")]
    [InlineData("2021-06-01T12:34:56+1", "2021-06-01T11:34:56Z")]
    [InlineData("2021-06-01T12:34:56-01", "2021-06-01T13:34:56Z")]
    [InlineData("2021-06-01T12:34:56+130", "2021-06-01T11:04:56Z")]
    [InlineData("2021-06-01T12:34:56+0130", "2021-06-01T11:04:56Z")]
    [InlineData("2021-06-01T12:34:56+1:30", "2021-06-01T11:04:56Z")]
    [InlineData("2021-06-01T00:34:56+08:00", "2021-05-31T16:34:56Z")]
    [InlineData("2021-06-01T12:34:56.1Z", "2021-06-01T12:34:56.100Z")]
    [InlineData("2021-06-01T12:34:56.1239999+00:00", "2021-06-01T12:34:56.123Z")]
    [InlineData("2021-06-01T12:34:56.12345678901234567890-01:00", "2021-06-01T13:34:56.123Z")]
    public void Every_format_of_the_specification_is_read_exactly(string text, string instant) =>
        PlusTime(text, 0, "day").Instant.ShouldBe(DateTimeOffset.Parse(instant));

    [Theory]
    [InlineData("")]
    [InlineData("202")]
    [InlineData("2021-6-1")]
    [InlineData("2021-00")]
    [InlineData("2021-02-29")]
    [InlineData("2021-06-31")]
    [InlineData("2021/06/01")]
    [InlineData("2021-06-01 12:34:56")]
    [InlineData("2021-06-01T12:34")]
    [InlineData("2021-06-01T24:00:00")]
    [InlineData("2021-06-01T12:60:00")]
    [InlineData("2021-06-01T12:34:60")]
    [InlineData("2021-06-01T12:34:56.")]
    [InlineData("2021-06-01T12:34:56z")]
    [InlineData("2021-06-01T12:34:56+")]
    [InlineData("2021-06-01T12:34:56+01:")]
    [InlineData("2021-06-01T12:34:56+01:3")]
    [InlineData("2021-06-01T12:34:56+01:60")]
    [InlineData("2021-06-01T12:34:56+24")]
    [InlineData("2021-06-01T12:34:56+012345")]
    [InlineData("2021-06-01T12:34:56Zjunk")]
    [InlineData("２０２１-06-01")]
    public void What_is_no_date_time_is_an_error(string text) => PlusTime(text, 0, "day").Kind.ShouldBe(LogicKind.Error);

    [Theory]
    [InlineData("2020-02-29", 1, "day", "2020-03-01")]
    [InlineData("2020-02-29", 1, "month", "2020-03-29")]
    [InlineData("2020-02-29", 1, "year", "2021-03-01")]
    [InlineData("2020-02-29", -4, "year", "2016-02-29")]
    [InlineData("2021-01-31", 1, "month", "2021-03-03")]
    [InlineData("2021-03-31", -1, "month", "2021-03-03")]
    [InlineData("2021-01-15", -13, "month", "2019-12-15")]
    [InlineData("2021-01-01", -1, "hour", "2020-12-31T23:00:00")]
    public void Months_and_years_run_over_as_in_ecmascript(string text, int amount, string unit, string expected) =>
        PlusTime(text, amount, unit).Instant.ShouldBe(PlusTime(expected, 0, "day").Instant);

    [Fact]
    public void Adding_agrees_with_the_calendar_of_dotnet_where_no_day_runs_over() =>
        Prop.ForAll(
                Gen.Choose(0, 3_600_000).ToArbitrary(),
                Gen.Choose(-100_000, 100_000).ToArbitrary(),
                Gen.Elements("year", "month", "day", "hour").ToArbitrary(),
                (days, amount, unit) =>
                {
                    var start = DateTimeOffset.UnixEpoch.AddYears(-1969).AddDays(days);
                    start = start.AddDays(1 - Math.Max(1, start.Day - 27)); // days 29 to 31 may run over
                    try
                    {
                        var expected = unit switch
                        {
                            "year" => start.AddYears(amount),
                            "month" => start.AddMonths(amount),
                            "day" => start.AddDays(amount),
                            _ => start.AddHours(amount),
                        };
                        return PlusTime(start.ToString("yyyy-MM-ddTHH:mm:ssZ"), amount, unit).Instant == expected;
                    }
                    catch (ArgumentOutOfRangeException)
                    {
                        return true; // .NET ends at the years 1 and 9999
                    }
                })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static LogicValue PlusTime(string text, int amount, string unit) =>
        Logic.Evaluate($$"""{"plusTime":[{"var":""},{{amount}},"{{unit}}"]}""", $"\"{text}\"");
}
