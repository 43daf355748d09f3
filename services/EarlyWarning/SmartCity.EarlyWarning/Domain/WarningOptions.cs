using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>How the city signs its warnings and what it warns of; the configuration's section <c>Warnings</c>.</summary>
internal sealed class WarningOptions
{
    /// <summary>CAP's sender: no spaces, commas, &lt; or &amp;.</summary>
    [Required, RegularExpression("[^\\s,<&]+")]
    public string Sender { get; init; } = "";

    [Required]
    public CityNames CityName { get; init; } = new("", "");

    /// <summary>What may be warned of.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<Hazard> Hazards { get; init; } = [];

    /// <summary>Public keys of other cities whose signed alerts are taken as theirs.</summary>
    public IReadOnlyList<TrustedKey> TrustedKeys { get; init; } = [];

    public Hazard? HazardOf(string name) => Hazards.FirstOrDefault(hazard => hazard.Name == name);

    /// <param name="En">What English texts call the city.</param>
    /// <param name="Zh">What Chinese texts call it.</param>
    internal sealed record CityNames([Required] string En, [Required] string Zh);

    /// <param name="Name">What the API calls it.</param>
    /// <param name="Category">CAP 1.2 category.</param>
    /// <param name="En">What English texts call it.</param>
    /// <param name="Zh">What Chinese texts call it.</param>
    internal sealed record Hazard(string Name, string Category, string En, string Zh);

    /// <param name="Name">What their signatures' KeyName holds.</param>
    /// <param name="PublicKey">SubjectPublicKeyInfo (RFC 5280) in Base64: ECDSA on P-256, or RSA.</param>
    internal sealed record TrustedKey([Required] string Name, [Required, Base64String] string PublicKey)
    {
        /// <summary>The key ready to verify.</summary>
        public AsymmetricAlgorithm Open()
        {
            var info = Convert.FromBase64String(PublicKey);
            AsymmetricAlgorithm key = System.Security.Cryptography.X509Certificates.PublicKey.CreateFromSubjectPublicKeyInfo(info, out _).Oid.Value == "1.2.840.113549.1.1.1" ? RSA.Create() : ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(info, out _);
            return key;
        }
    }
}
