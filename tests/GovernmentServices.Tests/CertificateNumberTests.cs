using SmartCity.GovernmentServices.Certificates;

namespace SmartCity.GovernmentServices.Tests;

public sealed class CertificateNumberTests
{
    // The first is a builder's certificate of the ministry as published, the second a code of a region's register.
    [Theory]
    [InlineData("11100000000013338W01111430000006122244L20230000403001", 'U')]
    [InlineData("11100000MB03271699022340100000000016001", '9')]
    public void The_check_character_is_the_one_of_certificates_that_others_issued(string text, char check) => Mod37And36.CheckCharacter(text).ShouldBe(check);

    [Fact]
    public void An_identifier_is_made_and_read_and_small_letters_are_forgiven()
    {
        var number = CertificateNumber.Create("11100000000013338W011", "11430000006122244L", "20230000403");

        number.Value.ShouldBe("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U");
        CertificateNumber.TryParse($" {number.Value.ToLowerInvariant()} ", out var read).ShouldBeTrue();
        read.ShouldBe(number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1.2.156.3005.2")]
    [InlineData("1.2.156.3005.3.11100000000013338W011.11430000006122244L.20230000403.001.U")]
    [InlineData("1.2.156.3005.2.1110000000001333W011.11430000006122244L.20230000403.001.U")]
    [InlineData("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.0a1.U")]
    [InlineData("1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023000040-.001.U")]
    public void What_is_no_identifier_is_not_read(string? text) => CertificateNumber.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Every_wrong_character_and_nearly_every_swapped_pair_is_found()
    {
        const string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var random = new Random(36904);
        var (swaps, found) = (0, 0);
        for (var round = 0; round < 200; round++)
        {
            var text = new string(random.GetItems(alphabet.AsSpan(), random.Next(2, 40)));
            text += Mod37And36.CheckCharacter(text);
            for (var at = 0; at < text.Length; at++)
            {
                foreach (var other in alphabet.Where(other => other != text[at])) Holds($"{text[..at]}{other}{text[(at + 1)..]}").ShouldBeFalse();
                if (at + 1 == text.Length || text[at] == text[at + 1]) continue;
                swaps++;
                if (!Holds($"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}")) found++;
            }
        }

        // Left over is a pair that both ways lead to the same remainder: about one in a thousand.
        ((double)found / swaps).ShouldBeGreaterThan(0.995);
    }

    private static bool Holds(string text) => Mod37And36.CheckCharacter(text[..^1]) == text[^1];
}
