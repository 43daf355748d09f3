namespace SmartCity.HealthCode.Credentials;

/// <summary>The first step at which a credential was refused, in the order in which the steps are taken.</summary>
public enum CredentialFault
{
    /// <summary>Longer than any QR code of its kind.</summary>
    TooLong = 1,

    /// <summary>Does not start with the context identifier of its kind (eHN HCERT 1.0.5 §4.2: <c>HC1:</c>).</summary>
    Prefix,

    /// <summary>Not Base45 (RFC 9285).</summary>
    Base45,

    /// <summary>Not a zlib stream (RFC 1950), or one that unpacks to more than a credential can hold.</summary>
    Compression,

    /// <summary>Not a COSE_Sign1 message (RFC 9052 §4.2) with the headers it needs.</summary>
    Cose,

    /// <summary>No key with this id is trusted.</summary>
    UnknownKey,

    /// <summary>The signature is not by the named key, or not over this content.</summary>
    Signature,

    /// <summary>Not a CWT (RFC 8392) with the claims it needs.</summary>
    Claims,

    /// <summary>The certificate inside does not keep to its schema.</summary>
    Schema,

    /// <summary>The key may not sign this kind of certificate (eHN HCERT 1.0.5 §5.3: extended key usage).</summary>
    KeyUsage,

    /// <summary>Issued when its key was not to be used yet or no longer.</summary>
    KeyPeriod,

    /// <summary>Issued after the given time.</summary>
    NotYetValid,

    /// <summary>Expired at the given time.</summary>
    Expired,

    /// <summary>Withdrawn by whoever issued it.</summary>
    Revoked,
}
