using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;

namespace Credentials.Tests;

public sealed class RevocationTests
{
    private static readonly DateTimeOffset Issued = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Whatever_is_revoked_is_found_again_after_a_journey(int count)
    {
        for (var width = 1; width <= 4; width++)
        {
            var filter = RevocationFilter.Build(Ids(count), width);

            RevocationFilter.TryRead(filter.ToBytes(), out var received).ShouldBeTrue();
            received!.Count.ShouldBe(count);
            Ids(count).ShouldAllBe(id => received.Contains(id));
        }
    }

    [Fact]
    public void Whoever_is_not_revoked_is_found_no_more_often_than_promised()
    {
        var filter = RevocationFilter.Build(Ids(10_000), fingerprintBytes: 1);

        var found = Ids(1_000_000, from: 10_000).Count(filter.Contains);

        // 1/256 of a million is 3,906; five standard deviations are 312.
        found.ShouldBeInRange(3_906 - 312, 3_906 + 312);
        Ids(1_000_000, from: 10_000).Count(RevocationFilter.Build(Ids(10_000)).Contains).ShouldBe(0);
    }

    [Fact]
    public void A_million_entries_take_at_most_1_15_times_the_theoretical_bits()
    {
        var filter = RevocationFilter.Build(Ids(1_000_000), fingerprintBytes: 2);

        (filter.ToBytes().Length * 8.0 / 1_000_000).ShouldBeLessThanOrEqualTo(1.15 * 16);
    }

    [Fact]
    public void Repetitions_count_once() => RevocationFilter.Build([.. Ids(100), .. Ids(100)]).Count.ShouldBe(100);

    [Fact]
    public void Any_bytes_are_a_filter_or_are_refused() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                byte[][] variants = [bytes, [1, 4, 0, 0, .. bytes], [1, 2, 0, 0, 1, 0, 0, 0, .. bytes]];
                foreach (var variant in variants)
                {
                    if (RevocationFilter.TryRead(variant, out var filter))
                        filter.Contains(new(1));
                }
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_list_that_lost_or_gained_a_byte_is_refused()
    {
        var bytes = RevocationFilter.Build(Ids(10)).ToBytes();

        RevocationFilter.TryRead(bytes[..^1], out _).ShouldBeFalse();
        RevocationFilter.TryRead([.. bytes, 0], out _).ShouldBeFalse();
    }

    [Fact]
    public void A_signed_list_opens_with_the_citys_key_only_and_unchanged_only()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = KeyId.Of(key.ExportSubjectPublicKeyInfo());
        var keys = new KeyRing([new VerificationKey(keyId, key.ExportSubjectPublicKeyInfo())]);
        var signed = new RevocationList(RevocationFilter.Build(Ids(100)), Issued, Issued.AddHours(1)).Sign(key, keyId);

        RevocationList.TryOpen(signed, keys, out var list, out _).ShouldBeTrue();
        list!.Filter.Contains(Ids(1).Single()).ShouldBeTrue();
        (list.IssuedAt, list.ValidUntil).ShouldBe((Issued, Issued.AddHours(1)));
        RevocationList.TryOpen(signed, new KeyRing([]), out _, out var refusal).ShouldBeFalse();
        refusal!.Fault.ShouldBe(CredentialFault.UnknownKey);
        signed[^100] ^= 1;
        RevocationList.TryOpen(signed, keys, out _, out refusal).ShouldBeFalse();
        refusal!.Fault.ShouldBe(CredentialFault.Signature);
    }

    [Fact]
    public void Ids_of_different_kinds_never_meet()
    {
        var id = new Guid("01957b1c-7c4e-7b0a-9d2e-3f4a5b6c7d8e");

        RevocationId.OfCityCode(id).ShouldNotBe(RevocationId.OfCertificate("", id.ToString()));
        RevocationId.OfCertificate("A", "B").ShouldNotBe(RevocationId.OfCertificate("", "A\0B"));
    }

    private static IEnumerable<RevocationId> Ids(int count, int from = 0) =>
        Enumerable.Range(from, count).Select(i => RevocationId.OfCityCode(new Guid(i, 0, 0, new byte[8])));
}
