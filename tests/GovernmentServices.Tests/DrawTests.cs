using System.Security.Cryptography;
using System.Text;
using SmartCity.Draw;
using CityDraw = SmartCity.GovernmentServices.Domain.Draw;

namespace SmartCity.GovernmentServices.Tests;

public sealed class DrawTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void The_published_tool_and_the_service_draw_the_same_order(int entries)
    {
        var (seed, numbers) = (RandomNumberGenerator.GetBytes(32), Enumerable.Range(0, entries).Select(_ => Guid.NewGuid()).ToArray());
        var file = Encoding.UTF8.GetBytes(string.Join("\r\n", numbers.Concat(numbers.Take(50)).Append(Guid.Empty)));

        var published = PublicDraw.Repeat(Convert.ToHexString(seed), file, Convert.ToHexString(SHA256.HashData(seed)));

        Guid[] all = [.. numbers, Guid.Empty];
        var digest = CityDraw.DigestOf(all);
        published.Digest.ShouldBe(Convert.ToHexStringLower(digest));
        published.First(int.MaxValue).ShouldBe(CityDraw.Order(seed, digest, all));
    }

    [Fact]
    public void Another_seed_than_the_promised_one_and_a_list_with_something_else_in_it_are_refused()
    {
        var seed = RandomNumberGenerator.GetBytes(32);

        Should.Throw<FormatException>(() => PublicDraw.Repeat(Convert.ToHexString(seed), [], new string('0', 64)));
        Should.Throw<FormatException>(() => PublicDraw.Repeat(Convert.ToHexString(seed), "not a number"u8)).Message.ShouldBe("Line 1 is no number.");
    }

    [Fact]
    public void A_persons_number_is_theirs_alone_and_always_the_same()
    {
        var (bookable, person) = (Guid.NewGuid(), Guid.NewGuid());

        CityDraw.NumberOf(bookable, person).ShouldBe(CityDraw.NumberOf(bookable, person));
        CityDraw.NumberOf(bookable, Guid.NewGuid()).ShouldNotBe(CityDraw.NumberOf(bookable, person));
        CityDraw.NumberOf(Guid.NewGuid(), person).ShouldNotBe(CityDraw.NumberOf(bookable, person));
    }
}
