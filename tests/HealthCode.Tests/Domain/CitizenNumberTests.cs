using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests.Domain;

public sealed class CitizenNumberTests
{
    private static readonly DateTimeOffset Now = new(2022, 3, 1, 4, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("11010519491231002X")] // the example of GB 11643
    [InlineData("440524188001010014")] // the other one: born in 1880, sequence 001
    [InlineData("110105200002290005")] // a leap day
    [InlineData("830000199201300022")] // a residence permit's region
    public void A_number_that_keeps_to_the_standard_is_taken_as_it_is(string text)
    {
        CitizenNumber.TryParse(text, Now, out var number).ShouldBeTrue();

        number.Text.ShouldBe(text);
    }

    [Fact]
    public void A_lower_case_x_is_the_same_number()
    {
        CitizenNumber.TryParse("11010519491231002x", Now, out var lower).ShouldBeTrue();
        CitizenNumber.TryParse("11010519491231002X", Now, out var upper).ShouldBeTrue();

        lower.ShouldBe(upper);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1101051949123100")] // 16 characters
    [InlineData("11010519491231002")] // no check character
    [InlineData("11010519491231002X ")]
    [InlineData("110105491231002")] // the 15 digits of before 1999
    [InlineData("1101051949123100XX")] // X elsewhere
    [InlineData("11010519491231002Y")]
    [InlineData("11010519491231002٣")] // a digit, but not an ASCII one
    [InlineData("１１０１０５１９４９１２３１００２X")] // full-width digits
    public void Anything_but_17_digits_and_a_check_character_is_refused(string text) =>
        CitizenNumber.TryParse(text, Now, out _).ShouldBeFalse();

    [Theory]
    [InlineData("000000")]
    [InlineData("100105")]
    [InlineData("160105")]
    [InlineData("990105")]
    public void A_region_of_no_province_is_refused(string region) => IsTaken(region + "19491231" + "002").ShouldBeFalse();

    [Theory]
    [InlineData("19490229", false)] // not a leap year
    [InlineData("19000229", false)] // nor this
    [InlineData("20000229", true)]
    [InlineData("19491301", false)]
    [InlineData("19490001", false)]
    [InlineData("19490431", false)]
    [InlineData("19490400", false)]
    [InlineData("17991231", false)]
    [InlineData("18000101", true)]
    public void The_birth_date_is_a_day_that_was(string born, bool taken) => IsTaken("110105" + born + "002").ShouldBe(taken);

    [Fact]
    public void Nobody_is_born_after_today()
    {
        IsTaken("110105" + "20220301" + "002").ShouldBeTrue();
        IsTaken("110105" + "20220302" + "002").ShouldBeFalse();
    }

    [Fact]
    public void The_day_is_that_of_China()
    {
        var born = "110105" + "20220302" + "002";

        CitizenNumber.TryParse(born + CitizenNumber.CheckCharacter(born), new DateTimeOffset(2022, 3, 1, 16, 0, 0, TimeSpan.Zero), out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("000")]
    [InlineData("001")]
    [InlineData("999")]
    public void Every_sequence_of_three_digits_exists(string sequence) => IsTaken("110105" + "19491231" + sequence).ShouldBeTrue();

    [Fact]
    public void Exactly_one_check_character_fits_and_all_eleven_occur()
    {
        var occurred = new HashSet<char>();
        for (var sequence = 0; sequence < 50; sequence++)
        {
            var digits = $"11010519491231{sequence:000}";
            var fitting = "0123456789X".Where(check => CitizenNumber.TryParse(digits + check, Now, out _)).ToArray();
            occurred.Add(fitting.ShouldHaveSingleItem());
        }

        occurred.Count.ShouldBe(11);
    }

    [Fact]
    public void Every_single_wrong_digit_and_every_swap_of_neighbours_is_found()
    {
        const string Right = "11010519491231002X";
        var slips = Enumerable.Range(0, 17).SelectMany(at => "0123456789".Where(digit => digit != Right[at]).Select(digit => Right[..at] + digit + Right[(at + 1)..]))
            .Concat(Enumerable.Range(0, 16).Where(at => Right[at] != Right[at + 1]).Select(at => Right[..at] + Right[at + 1] + Right[at] + Right[(at + 2)..]));

        slips.Where(slip => CitizenNumber.TryParse(slip, Now, out _)).ShouldBeEmpty();
    }

    [Fact]
    public void A_number_in_a_log_line_says_nothing()
    {
        CitizenNumber.TryParse("11010519491231002X", Now, out var number).ShouldBeTrue();

        $"{number}".ShouldBe("CitizenNumber");
    }

    private static bool IsTaken(string digits) => CitizenNumber.TryParse(digits + CitizenNumber.CheckCharacter(digits), Now, out _);
}
