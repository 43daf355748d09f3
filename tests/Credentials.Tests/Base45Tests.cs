using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SmartCity.HealthCode.Credentials;

namespace Credentials.Tests;

public sealed class Base45Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("AB", "BB8")]
    [InlineData("Hello!!", "%69 VD92EX0")]
    [InlineData("base-45", "UJCLQE7W581")]
    [InlineData("ietf!", "QED8WEX0")]
    public void Examples_of_the_standard_hold_both_ways(string plain, string encoded)
    {
        Base45.Encode(Encoding.ASCII.GetBytes(plain)).ShouldBe(encoded);
        Base45.TryDecode(encoded, out var decoded).ShouldBeTrue();
        Encoding.ASCII.GetString(decoded).ShouldBe(plain);
    }

    [Theory]
    [InlineData("BB8A")] // a lone last character
    [InlineData("GGW")] // 65536
    [InlineData(":::")] // 91124
    [InlineData("::")] // 2024
    [InlineData("V5")] // 256
    [InlineData("bb8")] // lower case
    [InlineData("BB\u0100")] // beyond the table
    [InlineData("BB\t")]
    public void What_is_not_base45_is_refused(string text)
    {
        Base45.TryDecode(text, out var decoded).ShouldBeFalse();
        decoded.ShouldBeEmpty();
    }

    [Fact]
    public void Any_bytes_come_back() =>
        Prop.ForAll<byte[]>(data => Base45.TryDecode(Base45.Encode(data), out var decoded) && decoded.AsSpan().SequenceEqual(data))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_decodes_is_the_only_text_for_its_bytes() =>
        Prop.ForAll(
                Gen.Elements("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:é".ToCharArray()).ArrayOf().ToArbitrary(),
                text => !Base45.TryDecode(text, out var decoded) || Base45.Encode(decoded) == new string(text))
            .QuickCheckThrowOnFailure();
}
