namespace SmartCity.HealthCode.Credentials.Dcc;

/// <summary>What a European certificate says, and which of that a key may sign (eHN HCERT 1.0.5 §5.3).</summary>
[Flags]
public enum CertificateKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A vaccination; extended key usage 1.3.6.1.4.1.1847.2021.1.2.</summary>
    Vaccination = 1,

    /// <summary>A test; extended key usage 1.3.6.1.4.1.1847.2021.1.1.</summary>
    Test = 2,

    /// <summary>A recovery; extended key usage 1.3.6.1.4.1.1847.2021.1.3.</summary>
    Recovery = 4,

    /// <summary>All of them: a key whose certificate has no extended key usage is not limited.</summary>
    All = Vaccination | Test | Recovery,
}
