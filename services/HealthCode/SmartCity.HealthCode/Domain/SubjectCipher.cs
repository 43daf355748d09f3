using System.Buffers.Text;
using System.Security.Cryptography;

namespace SmartCity.HealthCode.Domain;

/// <summary>
/// Names a person in a shown code so that only the city can tell who it is, and nobody can tell that two codes are of one person:
/// one block of AES (FIPS 197) over the pseudonym, different for every code by the code's own id.
/// </summary>
/// <param name="key">32 bytes.</param>
/// <remarks>Who changes it gets some other block, not a chosen person; and the signature around it leaves no room for that.</remarks>
internal sealed class SubjectCipher(byte[] key)
{
    private const int Block = 16;

    public string Hide(CitizenId citizen, Guid codeId)
    {
        using var aes = Cipher();
        return Base64Url.EncodeToString(aes.EncryptEcb(Mask(citizen.Value.ToByteArray(bigEndian: true), codeId), PaddingMode.None));
    }

    /// <summary>Null where the text is none of ours.</summary>
    public CitizenId? Reveal(string subject, Guid codeId)
    {
        if (!Base64Url.IsValid(subject, out var bytes) || bytes != Block) return null;
        using var aes = Cipher();
        return new CitizenId(new Guid(Mask(aes.DecryptEcb(Base64Url.DecodeFromChars(subject), PaddingMode.None), codeId), bigEndian: true));
    }

    private Aes Cipher()
    {
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }

    private static byte[] Mask(byte[] block, Guid codeId)
    {
        var mask = codeId.ToByteArray(bigEndian: true);
        for (var i = 0; i < Block; i++) block[i] ^= mask[i];
        return block;
    }
}
