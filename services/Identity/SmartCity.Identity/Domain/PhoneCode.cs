using System.Globalization;
using System.Security.Cryptography;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Domain;

/// <summary>A one-time code that was sent to a phone. Only the newest of a phone counts, for few tries.</summary>
internal sealed class PhoneCode
{
    public const int Digits = 6;
    public const int MaxTries = 5;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public Guid Id { get; private init; }

    public byte[] PhoneHash { get; private init; } = [];

    public byte[] AddressHash { get; private init; } = [];

    public byte[] CodeHash { get; private init; } = [];

    public DateTimeOffset SentAt { get; private init; }

    public DateTimeOffset ExpiresAt { get; private init; }

    public int Tries { get; private init; }

    public DateTimeOffset? UsedAt { get; private init; }

    public static (PhoneCode Kept, string Code) Create(byte[] phoneHash, byte[] addressHash, PersonalData personalData, DateTimeOffset now)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var id = Guid.CreateVersion7();
        var kept = new PhoneCode
        {
            Id = id,
            PhoneHash = phoneHash,
            AddressHash = addressHash,
            CodeHash = Hash(id, code, personalData),
            SentAt = now,
            ExpiresAt = now + Lifetime,
        };
        return (kept, code);
    }

    public bool Matches(string code, PersonalData personalData) => CryptographicOperations.FixedTimeEquals(CodeHash, Hash(Id, code, personalData));

    // Keyed: a million codes are soon tried against a plain hash.
    private static byte[] Hash(Guid id, string code, PersonalData personalData) => personalData.Lookup($"{id}:{code}");
}
