using System.Security.Cryptography;
using System.Text;

namespace SmartCity.ServiceDefaults.Tests;

public sealed class PersonalDataTests
{
    private static readonly Guid Owner = Guid.CreateVersion7();

    private readonly PersonalData data = new(new string('a', 32));

    [Theory]
    [InlineData("")]
    [InlineData("320506195001010017")]
    [InlineData("欧阳 🙂")]
    public void What_was_sealed_opens_again(string plain)
    {
        var kept = data.Seal(plain, Owner);

        data.Open(kept, Owner).ShouldBe(plain);
        if (plain.Length > 0) kept.AsSpan().IndexOf(Encoding.UTF8.GetBytes(plain)).ShouldBe(-1);
    }

    [Fact]
    public void Equal_values_look_different_at_rest() => data.Seal("same", Owner).ShouldNotBe(data.Seal("same", Owner));

    [Fact]
    public void A_value_copied_to_another_row_does_not_open() =>
        Should.Throw<CryptographicException>(() => data.Open(data.Seal("mine", Owner), Guid.CreateVersion7()));

    [Fact]
    public void A_change_of_any_byte_is_noticed()
    {
        var kept = data.Seal("x", Owner);
        for (var index = 0; index < kept.Length; index++)
        {
            var changed = (byte[])kept.Clone();
            changed[index] ^= 1;
            Should.Throw<CryptographicException>(() => data.Open(changed, Owner), $"byte {index}");
        }
    }

    [Fact]
    public void A_value_cut_short_does_not_open()
    {
        var kept = data.Seal("x", Owner);
        for (var length = 0; length < kept.Length; length++) Should.Throw<CryptographicException>(() => data.Open(kept[..length], Owner));
    }

    [Fact]
    public void Another_key_neither_opens_nor_finds()
    {
        var other = new PersonalData(new string('b', 32));

        Should.Throw<CryptographicException>(() => other.Open(data.Seal("x", Owner), Owner));
        other.Lookup("x").ShouldNotBe(data.Lookup("x"));
    }

    [Fact]
    public void Equal_values_are_found_after_a_restart_and_different_ones_are_told_apart()
    {
        data.Lookup("x").ShouldBe(new PersonalData(new string('a', 32)).Lookup("x"));
        data.Lookup("x").Length.ShouldBe(32);
        data.Lookup("x").ShouldNotBe(data.Lookup("y"));
        data.Lookup("x").ShouldNotBe(SHA256.HashData("x"u8));
    }

    [Fact]
    public void A_short_secret_is_refused() => Should.Throw<ArgumentException>(() => new PersonalData(new string('a', 31)));

    [Fact]
    public void A_service_without_a_secret_does_not_start() =>
        Should.Throw<InvalidOperationException>(() => SampleApp.Builder().AddPersonalData()).Message.ShouldContain("PersonalData:Key");
}
