using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Conformance.Tests.Qr;
using SmartCity.HealthCode.Credentials;
using SmartCity.HealthCode.Credentials.Cbor;
using SmartCity.HealthCode.Credentials.Cose;
using SmartCity.HealthCode.Credentials.Dcc;

namespace Conformance.Tests;

/// <summary>
/// QR contents that issuing countries published, with the result they expect of each step (the procedure is in the README of dgc-testdata).
/// Every expectation is a case of its own: "file STEP".
/// </summary>
public sealed partial class HcertSuite
{
    [Fact]
    public void Every_step_of_published_certificates_ends_as_expected()
    {
        var folder = ReferenceData.Folder("hcert");
        Subject.Run("hcert", ReferenceData.Files(folder, "*.json").SelectMany(file => CasesOf(folder, file)));
    }

    private static IEnumerable<Case> CasesOf(string folder, string file)
    {
        var json = JsonElement.Parse(File.ReadAllBytes(file).AsSpan().TrimStart("\uFEFF"u8));
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("EXPECTEDRESULTS", out var expectations))
            yield break;
        var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
        var sample = new Sample(json);
        foreach (var expectation in expectations.EnumerateObject())
        {
            if (StepOf(expectation.Name) is not { } step || expectation.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                continue;
            // Where there is no picture, none can be read: the procedure needs the field.
            if (expectation.Name == "EXPECTEDPICTUREDECODE" && sample.Picture is null)
                continue;
            var expected = expectation.Value.GetBoolean();
            yield return new($"{name} {expectation.Name["EXPECTED".Length..]}", () =>
                Succeeds(step, sample) == expected ? null : expected ? "fails" : "succeeds");
        }
    }

    private static bool Succeeds(Func<Sample, bool> step, Sample sample)
    {
        try
        {
            return step(sample);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static Func<Sample, bool>? StepOf(string expectation) => expectation switch
    {
        "EXPECTEDVALIDOBJECT" => sample => IsContent(Encoded(sample.Json)),
        "EXPECTEDENCODE" => sample => ContentOf(Encoded(sample.Json)) is { } content && Same(content, ContentOf(sample.Cbor)),
        "EXPECTEDDECODE" => sample => Holds(sample.Cbor, sample.Json),
        "EXPECTEDVALIDJSON" => sample =>
            Envelope.Dcc.TryOpen(sample.Text("PREFIX"), out var message, out _) && Holds(message.Payload, sample.Json),
        "EXPECTEDSCHEMAVALIDATION" => sample => IsContent(sample.Cbor),
        "EXPECTEDVERIFY" => sample => CoseSign1.TryParse(sample.Cose, deterministic: false, out var message, out _)
            && new KeyRing([sample.Signer]).Find(message.KeyId).Any(message.IsSignedBy),
        "EXPECTEDCOMPRESSION" => sample => Zlib.TryDecompress(sample.Compressed, 1 << 16, out var data) && data.Span.SequenceEqual(sample.Cose.Span),
        "EXPECTEDUNPREFIX" => sample => sample.Text("PREFIX") == Envelope.Dcc.Prefix + sample.Text("BASE45"),
        "EXPECTEDB45DECODE" => sample => Base45.TryDecode(sample.Text("BASE45"), out var data) && data.AsSpan().SequenceEqual(sample.Compressed),
        "EXPECTEDPICTUREDECODE" => sample => sample.Picture is { } picture && QrPicture.Read(picture) == sample.Text("PREFIX"),
        "EXPECTEDEXPIRATIONCHECK" => sample => sample.Certificate is { } certificate && DccVerifier.CheckTimes(certificate, sample.Clock) is null,
        "EXPECTEDKEYUSAGE" => sample => sample.Certificate is { } certificate && (sample.Signer.MaySign & certificate.Kind) != 0,
        _ => null, // not a variable of the procedure
    };

    private static bool IsContent(ReadOnlyMemory<byte> cbor) => ContentOf(cbor) is { } content && DccSchema.Check(content) is null;

    private static bool Holds(ReadOnlyMemory<byte> cbor, JsonElement expected) =>
        ContentOf(cbor) is { } content && JsonElement.DeepEquals(CborJson.ToJson(content), expected);

    private static bool Same(CborValue.Map one, CborValue.Map? other) =>
        other is not null && JsonElement.DeepEquals(CborJson.ToJson(one), CborJson.ToJson(other));

    // Some countries' CBOR is the certificate, others' the claims around it.
    private static CborValue.Map? ContentOf(ReadOnlyMemory<byte> cbor) =>
        !CborReader.TryRead(cbor, deterministic: false, out var item, out _) || item.Untagged is not CborValue.Map map ? null
        : map[-260] is CborValue.Map claim ? claim[1] as CborValue.Map
        : map;

    private static byte[] Encoded(JsonElement json)
    {
        var writer = new CborWriter();
        Write(json);
        return writer.Written.ToArray();

        void Write(JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    writer.Map(value.EnumerateObject().Count());
                    foreach (var property in value.EnumerateObject())
                    {
                        writer.Text(property.Name);
                        Write(property.Value);
                    }
                    break;
                case JsonValueKind.Array:
                    writer.Array(value.GetArrayLength());
                    foreach (var item in value.EnumerateArray())
                        Write(item);
                    break;
                case JsonValueKind.Number:
                    writer.Integer(value.GetInt64());
                    break;
                case JsonValueKind.String:
                    writer.Text(value.GetString()!);
                    break;
                case JsonValueKind.Null:
                    writer.Null();
                    break;
                default:
                    throw new FormatException($"a certificate holds no {value.ValueKind}");
            }
        }
    }

    private sealed partial class Sample(JsonElement sample)
    {
        private JsonElement Context => sample.GetProperty("TESTCTX");

        public JsonElement Json => sample.GetProperty("JSON");

        public VerificationKey Signer => SignerCertificate.ToKey(Convert.FromBase64String(Context.GetProperty("CERTIFICATE").GetString()!));

        public DateTimeOffset Clock => DateTimeOffset.Parse(
            OffsetWithoutColon().Replace(Context.GetProperty("VALIDATIONCLOCK").GetString()!, "$1:$2"),
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        // A file need not hold what one step makes of another's result: then that step provides it.
        public byte[] Compressed => Field("COMPRESSED")
            ?? (Base45.TryDecode(Field("BASE45", text => text) ?? Text("PREFIX")[Envelope.Dcc.Prefix.Length..], out var data) ? data : []);

        public ReadOnlyMemory<byte> Cose => Field("COSE") is { } cose ? cose : Zlib.TryDecompress(Compressed, 1 << 16, out var data) ? data : default;

        public ReadOnlyMemory<byte> Cbor => Field("CBOR") is { } cbor ? cbor
            : CoseSign1.TryParse(Cose, deterministic: false, out var message, out _) ? message.Payload
            : default;

        public HealthCertificate? Certificate =>
            CoseSign1.TryParse(Cose, deterministic: false, out var message, out _)
            && HealthCertificate.TryRead(message, out var certificate, out _) ? certificate : null;

        public byte[]? Picture => Field("2DCODE", Convert.FromBase64String);

        public string Text(string field) => sample.GetProperty(field).GetString()!;

        private byte[]? Field(string field) => Field(field, Convert.FromHexString);

        private T? Field<T>(string field, Func<string, T> read)
            where T : class =>
            sample.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? read(value.GetString()!) : null;

        [GeneratedRegex(@"([+-]\d\d)(\d\d)$")]
        private static partial Regex OffsetWithoutColon();
    }
}
