using FsCheck;
using FsCheck.Fluent;
using SmartCity.HealthCode.Credentials.Cbor;

namespace Credentials.Tests;

/// <summary>Vectors are from RFC 8949 appendix A (valid) and appendix F (not well-formed).</summary>
public sealed class CborTests
{
    [Theory]
    [InlineData("00", 0)]
    [InlineData("17", 23)]
    [InlineData("1818", 24)]
    [InlineData("1903e8", 1000)]
    [InlineData("1a000f4240", 1000000)]
    [InlineData("1b000000e8d4a51000", 1000000000000)]
    [InlineData("20", -1)]
    [InlineData("3903e7", -1000)]
    [InlineData("3b7fffffffffffffff", long.MinValue)]
    public void Integers_are_read_and_written_alike(string hex, long value)
    {
        Read(hex).ShouldBe(new CborValue.Integer(value));
        Convert.ToHexStringLower(new CborWriter().Integer(value).Written.Span).ShouldBe(hex);
    }

    [Theory]
    [InlineData("f93e00", 1.5)]
    [InlineData("fa47c35000", 100000.0)]
    [InlineData("fb3ff199999999999a", 1.1)]
    [InlineData("f90001", 5.960464477539063e-8)]
    public void Floating_point_numbers_are_read(string hex, double value) => Read(hex).ShouldBe(new CborValue.Float(value));

    [Fact]
    public void Structures_are_read_in_definite_and_indefinite_form()
    {
        var definite = Read("a26161016162820203").ShouldBeOfType<CborValue.Map>();
        var indefinite = Read("bf61610161629f0203ffff").ShouldBeOfType<CborValue.Map>();

        foreach (var map in new[] { definite, indefinite })
        {
            map["a"].ShouldBe(new CborValue.Integer(1));
            map["b"].ShouldBeOfType<CborValue.Array>().Items.ShouldBe([new CborValue.Integer(2), new CborValue.Integer(3)]);
        }
        Read("7f657374726561646d696e67ff").ShouldBe(new CborValue.Text("streaming"));
        Read("5f42010243030405ff").ShouldBe(new CborValue.Bytes(new byte[] { 1, 2, 3, 4, 5 }));
        Read("c074323031332d30332d32315432303a30343a30305a").Untagged.ShouldBe(new CborValue.Text("2013-03-21T20:04:00Z"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000")] // bytes after the item
    [InlineData("18")] // ends within a head
    [InlineData("1bffffffffffffffff")] // exceeds long
    [InlineData("5affffffff00")] // length beyond the end
    [InlineData("9b7fffffffffffffff00")] // count beyond the end
    [InlineData("a2610161016101")] // ends within a map
    [InlineData("a2616101616102")] // duplicate key
    [InlineData("bf616101616102ff")] // duplicate key, indefinite
    [InlineData("a1f500")] // a key that is neither integer nor text
    [InlineData("61ff")] // not UTF-8
    [InlineData("7f61c361a9ff")] // a character split between chunks
    [InlineData("5f00ff")] // chunk of another type
    [InlineData("5f5f4100ffff")] // chunk of indefinite length
    [InlineData("1f")] // indefinite integer
    [InlineData("1c")] // reserved
    [InlineData("df00")] // indefinite tag
    [InlineData("ff")] // break alone
    [InlineData("9f")] // no break
    [InlineData("bf6161ff")] // break in place of a value
    [InlineData("f818")] // unassigned simple value
    [InlineData("e0")]
    public void What_is_not_valid_is_refused_with_a_reason(string hex)
    {
        CborReader.TryRead(Convert.FromHexString(hex), deterministic: false, out var value, out var fault).ShouldBeFalse();

        value.ShouldBeNull();
        fault.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("1817")] // 23 in two bytes
    [InlineData("5801ff")] // length in two bytes
    [InlineData("9fff")] // indefinite
    [InlineData("a262616100616200")] // "aa" before "b"
    [InlineData("f93c00")] // floating point
    public void Deterministic_reading_refuses_other_encodings_of_the_same(string hex)
    {
        CborReader.TryRead(Convert.FromHexString(hex), deterministic: false, out _, out _).ShouldBeTrue();
        CborReader.TryRead(Convert.FromHexString(hex), deterministic: true, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Depth_is_bounded()
    {
        var deepest = string.Concat(Enumerable.Repeat("81", CborReader.MaxDepth - 1)) + "00";

        CborReader.TryRead(Convert.FromHexString(deepest), false, out _, out _).ShouldBeTrue();
        CborReader.TryRead(Convert.FromHexString("81" + deepest), false, out _, out var fault).ShouldBeFalse();
        fault.ShouldBe("nested too deep");
        CborReader.TryRead(Enumerable.Repeat((byte)0xC1, 1_000_000).ToArray(), false, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_but_never_throw() =>
        Prop.ForAll<byte[]>(data => CborReader.TryRead(data, false, out var value, out var fault) == (fault is null) && (value is null) == (fault is not null))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static CborValue Read(string hex)
    {
        CborReader.TryRead(Convert.FromHexString(hex), deterministic: false, out var value, out var fault).ShouldBeTrue(fault);
        return value!;
    }
}
