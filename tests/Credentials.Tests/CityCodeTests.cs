using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cose;

namespace Credentials.Tests;

public sealed class CityCodeTests : IDisposable
{
    private static readonly DateTimeOffset Issued = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly KeyId _keyId;
    private readonly KeyRing _keys;

    public CityCodeTests()
    {
        var publicKey = _key.ExportSubjectPublicKeyInfo();
        _keyId = KeyId.Of(publicKey);
        _keys = new([new VerificationKey(_keyId, publicKey)]);
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public void What_was_signed_is_verified_and_read_back()
    {
        var payload = Payload() with { Printed = true, ColourUntil = Issued.AddDays(1), AsOf = Issued.AddHours(-3) };

        var result = CityCode.Verify(CityCode.Sign(payload, _key, _keyId), _keys, Issued.AddMinutes(1));

        result.IsValid.ShouldBeTrue(result.Refusal?.Detail);
        result.Payload.ShouldBe(payload);
        payload.ColourHolds(Issued.AddDays(1)).ShouldBeFalse();
        payload.ColourHolds(Issued.AddDays(1).AddTicks(-1)).ShouldBeTrue();
    }

    [Fact]
    public void The_largest_code_fits_a_qr_code_of_version_10_with_medium_correction()
    {
        var largest = Payload() with { Subject = new string('x', 22), Printed = true, ColourUntil = Issued.AddDays(1), AsOf = Issued };

        CityCode.Sign(largest, _key, _keyId).Length.ShouldBeLessThanOrEqualTo(311);
    }

    [Fact]
    public void The_longest_subject_can_still_be_verified()
    {
        var text = CityCode.Sign(Payload() with { Subject = new string('~', 64), Printed = true, ColourUntil = Issued.AddDays(1) }, _key, _keyId);

        CityCode.Verify(text, _keys, Issued).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void A_code_ends_at_its_end_and_still_says_what_it_was()
    {
        var text = CityCode.Sign(Payload(), _key, _keyId);

        CityCode.Verify(text, _keys, Issued.AddMinutes(5).AddTicks(-1)).IsValid.ShouldBeTrue();
        var result = CityCode.Verify(text, _keys, Issued.AddMinutes(5));
        result.Refusal!.Fault.ShouldBe(CredentialFault.Expired);
        result.Payload.ShouldBe(Payload());
    }

    [Fact]
    public void A_gates_clock_may_lag_two_minutes_and_no_more()
    {
        var text = CityCode.Sign(Payload(), _key, _keyId);

        CityCode.Verify(text, _keys, Issued.AddMinutes(-2)).IsValid.ShouldBeTrue();
        CityCode.Verify(text, _keys, Issued.AddMinutes(-2).AddSeconds(-1)).Refusal!.Fault.ShouldBe(CredentialFault.NotYetValid);
    }

    [Fact]
    public void A_key_that_is_not_published_is_named()
    {
        CityCode.Verify(CityCode.Sign(Payload(), _key, _keyId), new([]), Issued).Refusal!.Fault.ShouldBe(CredentialFault.UnknownKey);
    }

    [Fact]
    public void Another_key_under_the_same_id_does_not_verify_but_does_not_hide_the_right_one_either()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stranger = new VerificationKey(_keyId, other.ExportSubjectPublicKeyInfo());
        var text = CityCode.Sign(Payload(), _key, _keyId);

        var result = CityCode.Verify(text, new([stranger]), Issued);
        result.Refusal!.Fault.ShouldBe(CredentialFault.Signature);
        result.Payload.ShouldBeNull();
        CityCode.Verify(text, new([stranger, .. _keys.Find(_keyId)]), Issued).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void A_retired_key_signs_nothing_new()
    {
        var retired = new VerificationKey(_keyId, _key.ExportSubjectPublicKeyInfo()) { NotAfter = Issued.AddSeconds(-1) };

        CityCode.Verify(CityCode.Sign(Payload(), _key, _keyId), new([retired]), Issued).Refusal!.Fault.ShouldBe(CredentialFault.KeyPeriod);
    }

    [Fact]
    public void Any_payload_comes_back() =>
        Prop.ForAll<byte, uint, Guid>((colour, seconds, id) =>
            {
                var payload = new CityCodePayload(id.ToString("N"), colour, Issued, Issued.AddSeconds(1L + seconds), id);
                return CityCode.Verify(CityCode.Sign(payload, _key, _keyId), _keys, Issued).Payload == payload;
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_changed_character_changes_what_is_believed()
    {
        var text = CityCode.Sign(Payload(), _key, _keyId);
        var changes = Gen.Choose(0, text.Length - 1).Zip(Gen.Elements("0123456789ABCXYZ $%*+-./:é".ToCharArray())).ToArbitrary();

        Prop.ForAll(changes, change =>
            {
                var (position, character) = change;
                var changed = text[..position] + character + text[(position + 1)..];
                var result = CityCode.Verify(changed, _keys, Issued);
                // Padding bits of zlib may differ without touching the message.
                return !result.IsValid || result.Payload == Payload();
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Any_text_is_refused_with_a_reason_and_never_throws() =>
        Prop.ForAll<string>(text => CityCode.Verify("SC1:" + text, _keys, Issued).Refusal is not null).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("HC1:6BF", CredentialFault.Prefix)]
    [InlineData("", CredentialFault.Prefix)]
    [InlineData("SC1:abc", CredentialFault.Base45)]
    [InlineData("SC1:", CredentialFault.Compression)]
    [InlineData("SC1:BB8", CredentialFault.Compression)]
    public void The_step_that_refuses_is_named(string text, CredentialFault fault) =>
        CityCode.Verify(text, _keys, Issued).Refusal!.Fault.ShouldBe(fault);

    [Fact]
    public void A_code_that_unpacks_to_too_much_is_refused_before_it_costs_memory()
    {
        Verify(Zlib.Compress(new byte[1_000_000])).ShouldBe(CredentialFault.TooLong);
        Verify(Zlib.Compress(new byte[2_000])).ShouldBe(CredentialFault.Compression);
        Verify(Zlib.Compress(new byte[1_024])).ShouldBe(CredentialFault.Cose);

        CredentialFault Verify(byte[] compressed) => CityCode.Verify("SC1:" + Base45.Encode(compressed), _keys, Issued).Refusal!.Fault;
    }

    private static CityCodePayload Payload() =>
        new("u7Xk2mQ9Zr4TnB1cV8sLpw", 1, Issued, Issued.AddMinutes(5), new Guid("01957b1c-7c4e-7b0a-9d2e-3f4a5b6c7d8e"));
}
