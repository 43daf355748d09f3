namespace SmartCity.HealthCode.Credentials.Cose;

/// <summary>The two algorithms of eHN HCERT 1.0.5 §3.2.1; the values are those of the COSE registry (RFC 9053 §2.1, RFC 8230 §2).</summary>
public enum SignatureAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    Es256 = -7,

    /// <summary>RSASSA-PSS with SHA-256.</summary>
    Ps256 = -37,
}
