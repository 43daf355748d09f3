using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace SmartCity.EarlyWarning.Cap;

/// <summary>
/// The signature of an alert (CAP 1.2 §3.3.4.1): XML-DSig, enveloped, exclusive canonicalisation, SHA-256 with ECDSA or RSA. The key is named, never carried along:
/// who verifies has it from elsewhere.
/// </summary>
public static class CapSignature
{
    private const string Enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = CapReader.MostBytes };

    // The framework knows RSA only, until it is told.
    static CapSignature() => CryptoConfig.AddAlgorithm(typeof(EcdsaSha256), EcdsaSha256.Uri);

    /// <summary>Signs an alert; the signature becomes its last element, where the schema has its place.</summary>
    /// <param name="alert">The alert as XML.</param>
    /// <param name="key">The private key, on P-256.</param>
    /// <param name="keyName">The name under which verifiers find the public half.</param>
    /// <returns>The signed document. It verifies as it is: reformatting it breaks the signature.</returns>
    public static string Sign(string alert, ECDsa key, string keyName)
    {
        using var reader = XmlReader.Create(new StringReader(alert), Safe);
        var document = Load(reader);
        var signed = new SignedXml(document) { SigningKey = key };
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = EcdsaSha256.Uri;
        var whole = new Reference("") { DigestMethod = SignedXml.XmlDsigSHA256Url };
        whole.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        whole.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(whole);
        signed.KeyInfo = new KeyInfo();
        signed.KeyInfo.AddClause(new KeyInfoName(keyName));
        signed.ComputeSignature();
        document.DocumentElement!.AppendChild(document.ImportNode(signed.GetXml(), deep: true));
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{document.DocumentElement.OuterXml}";
    }

    /// <summary>Looks at the signature of an alert.</summary>
    /// <param name="alert">The document as it was received.</param>
    /// <param name="keyOf">The public key of a name; null where it is not known.</param>
    public static SignatureState Verify(byte[] alert, Func<string, AsymmetricAlgorithm?> keyOf)
    {
        using var stream = new MemoryStream(alert);
        using var reader = XmlReader.Create(stream, Safe);
        var document = Load(reader);
        var signatures = document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl);
        if (signatures.Count == 0) return SignatureState.None;
        // One signature over the whole alert, nothing else: a second one, or one over a part, would let a stranger's words pass as signed.
        if (signatures.Count > 1 || signatures[0] is not XmlElement element || element.ParentNode != document.DocumentElement) return SignatureState.Wrong;

        var signed = new SignedXml(document);
        try
        {
            signed.LoadXml(element);
        }
        catch (CryptographicException)
        {
            return SignatureState.Wrong;
        }

        var name = signed.KeyInfo.OfType<KeyInfoName>().FirstOrDefault()?.Value;
        if (name is null || keyOf(name.Trim()) is not { } key) return SignatureState.Unknown;
        if (signed.SignedInfo!.References.Count != 1 || signed.SignedInfo.References[0] is not Reference { Uri: "", DigestMethod: SignedXml.XmlDsigSHA256Url } whole) return SignatureState.Wrong;
        if (signed.SignatureMethod != (key is ECDsa ? EcdsaSha256.Uri : SignedXml.XmlDsigRSASHA256Url)) return SignatureState.Wrong;
        if (signed.SignedInfo.CanonicalizationMethod != SignedXml.XmlDsigExcC14NTransformUrl) return SignatureState.Wrong;
        if (whole.TransformChain.Count != 2 || whole.TransformChain[0].Algorithm != Enveloped || whole.TransformChain[1].Algorithm != SignedXml.XmlDsigExcC14NTransformUrl) return SignatureState.Wrong;
        return signed.CheckSignature(key) ? SignatureState.Good : SignatureState.Wrong;
    }

    private static XmlDocument Load(XmlReader reader)
    {
        // White space is signed too.
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document;
    }
}

/// <summary>What the signature of an alert is worth.</summary>
public enum SignatureState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Made with a key that is not known here.</summary>
    Unknown,

    /// <summary>By the key that it names, over the whole alert as it stands.</summary>
    Good,

    /// <summary>Not by the key that it names, or not over the whole alert.</summary>
    Wrong,
}
