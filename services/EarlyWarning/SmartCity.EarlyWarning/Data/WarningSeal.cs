using System.Xml.Linq;
using SmartCity.EarlyWarning.Cap;
using SmartCity.Signing;

namespace SmartCity.EarlyWarning.Data;

/// <summary>Signs warnings, and nothing that is not CAP.</summary>
internal sealed class WarningSeal(SigningKeys keys)
{
    /// <summary>A key signs for a quarter and stays published for as long as the longest warning that it signed may stand.</summary>
    public static readonly KeySchedule Schedule = new(UseFor: TimeSpan.FromDays(90), PublishAhead: TimeSpan.FromDays(7), KeepFor: TimeSpan.FromDays(61));

    /// <summary>The alert with its signature.</summary>
    /// <exception cref="InvalidOperationException">The alert is not sound CAP: nothing of the kind may leave the city.</exception>
    public async Task<string> SignAsync(XElement alert, CancellationToken cancellationToken)
    {
        if (CapReader.Check(alert) is [var fault, ..]) throw new InvalidOperationException($"An alert of ours is not CAP: {fault}");
        var signer = await keys.SignerAsync(cancellationToken);
        using var key = signer.Copy();
        return CapSignature.Sign(alert.ToString(SaveOptions.DisableFormatting), key, signer.Kept.KeyId);
    }
}
