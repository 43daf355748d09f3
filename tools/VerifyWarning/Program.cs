using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text.Json;
using System.Xml;
using System.Xml.Schema;

// Says whether an alert is valid CAP 1.2 and signed by one of the city's published keys. Written apart from the service, so that it shares none of its mistakes:
// the signature is checked by hand, from the canonical form and the digests of XML-DSig.
if (args is not [var alertFile, var keysFile])
{
    Console.Error.WriteLine("VerifyWarning ALERT.xml KEYS.json   (keys: GET /early-warning/v1/warnings/keys)");
    return 2;
}

var alert = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
try
{
    using var reader = XmlReader.Create(alertFile, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
    alert.Load(reader);
}
catch (XmlException broken)
{
    Console.WriteLine($"schema: not XML, line {broken.LineNumber}");
    return 1;
}

var complaints = 0;
var schemas = new XmlSchemaSet { XmlResolver = null };
using (var schema = XmlReader.Create(typeof(Program).Assembly.GetManifestResourceStream("CAP-v1.2.xsd")!)) schemas.Add(null, schema);
alert.Schemas = schemas;
if (alert.DocumentElement?.NamespaceURI != "urn:oasis:names:tc:emergency:cap:1.2") complaints++;
alert.Validate((_, problem) =>
{
    complaints++;
    Console.WriteLine($"schema: {problem.Message}");
});
Console.WriteLine(complaints == 0 ? "schema: valid CAP 1.2" : "schema: not valid CAP 1.2");

var said = Signature(alert, keysFile);
Console.WriteLine($"signature: {said ?? "good"}");
return complaints == 0 && said is null ? 0 : 1;

static string? Signature(XmlDocument alert, string keysFile)
{
    const string Dsig = SignedXml.XmlDsigNamespaceUrl;
    var names = new XmlNamespaceManager(alert.NameTable);
    names.AddNamespace("d", Dsig);
    if (alert.SelectNodes("//d:Signature", names) is not { Count: 1 } all || all[0] is not XmlElement signature || signature.ParentNode != alert.DocumentElement) return "there is not exactly one, at the end of the alert";
    string? Attribute(string path, string name) => (signature.SelectSingleNode(path, names) as XmlElement)?.GetAttribute(name);
    if (signature.SelectNodes("d:SignedInfo/d:Reference", names)!.Count != 1 || Attribute("d:SignedInfo/d:Reference", "URI") is not "") return "it is not over the whole alert";
    if (Attribute("d:SignedInfo/d:SignatureMethod", "Algorithm") != "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256") return "not ECDSA with SHA-256";

    var name = signature.SelectSingleNode("d:KeyInfo/d:KeyName", names)?.InnerText.Trim();
    using var keys = JsonDocument.Parse(File.ReadAllBytes(keysFile));
    var key = keys.RootElement.GetProperty("keys").EnumerateArray().FirstOrDefault(key => key.GetProperty("kid").GetString() == name);
    if (key.ValueKind == JsonValueKind.Undefined) return $"the key {name} is not among those published";
    byte[] Coordinate(string which) => Base64Url.DecodeFromChars(key.GetProperty(which).GetString());
    using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Coordinate("x"), Y = Coordinate("y") } });

    var signedInfo = Canonical((XmlElement)signature.SelectSingleNode("d:SignedInfo", names)!);
    if (!ecdsa.VerifyData(signedInfo, Convert.FromBase64String(signature.SelectSingleNode("d:SignatureValue", names)!.InnerText), HashAlgorithmName.SHA256)) return "wrong: not made with the key that it names";
    var digest = Convert.FromBase64String(signature.SelectSingleNode("d:SignedInfo/d:Reference/d:DigestValue", names)!.InnerText);
    alert.DocumentElement!.RemoveChild(signature);
    return SHA256.HashData(Canonical(alert.DocumentElement)).AsSpan().SequenceEqual(digest) ? null : "wrong: the alert was changed after it was signed";
}

static byte[] Canonical(XmlElement element)
{
    var transform = new XmlDsigExcC14NTransform();
    var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
    document.AppendChild(document.ImportNode(element, deep: true));
    transform.LoadInput(document);
    using var bytes = new MemoryStream();
    ((Stream)transform.GetOutput(typeof(Stream))).CopyTo(bytes);
    return bytes.ToArray();
}
