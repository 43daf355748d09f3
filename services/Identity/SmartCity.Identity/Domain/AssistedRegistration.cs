using System.Security.Cryptography;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Domain;

/// <summary>The document by which somebody without a phone was recognised.</summary>
internal enum IdentityDocument
{
    IdCard = 1,
    HouseholdRegister = 2,
    BirthCertificate = 3,
    Passport = 4,
    ResidencePermit = 5,
}

/// <summary>What the person is to whoever registered them from their own phone.</summary>
internal enum Relation
{
    Child = 1,
    Elder = 2,
    Ward = 3,
}

/// <summary>What whoever looked a second time found.</summary>
internal enum CheckOutcome
{
    Confirmed = 1,
    Doubtful = 2,
}

/// <summary>
/// How an account without a phone came about: who saw which document. Of the document only its kind and a keyed hash are kept, which is enough
/// to find the person again and to tell whether somebody else saw the same.
/// </summary>
internal sealed class AssistedRegistration
{
    public Guid AccountId { get; private init; }

    /// <summary>A grid worker, a counter's staff, or the guardian.</summary>
    public Guid RegisteredBy { get; private init; }

    public DateTimeOffset RegisteredAt { get; private init; }

    public IdentityDocument Document { get; private init; }

    public byte[] DocumentHash { get; private init; } = [];

    /// <summary>Set where a guardian registered the person from their own phone.</summary>
    public Relation? Relation { get; private init; }

    /// <summary>Drawn for a second look, without the first one knowing.</summary>
    public bool ChosenForCheck { get; private init; }

    public Guid? CheckedBy { get; private set; }

    public DateTimeOffset? CheckedAt { get; private set; }

    public CheckOutcome? Outcome { get; private set; }

    public static AssistedRegistration Of(
        Guid account, Guid by, IdentityDocument document, byte[] documentHash, bool chosenForCheck, DateTimeOffset now, Relation? relation = null) => new()
    {
        AccountId = account,
        RegisteredBy = by,
        RegisteredAt = now,
        Document = document,
        DocumentHash = documentHash,
        Relation = relation,
        ChosenForCheck = chosenForCheck,
    };

    /// <summary>People type numbers with spaces and in either case.</summary>
    public static byte[] HashOf(IdentityDocument document, string number, PersonalData personalData) =>
        personalData.Lookup($"document:{document}:{number.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()}");

    /// <summary>A second look: whoever takes it must have seen the same document, and not doubt it.</summary>
    public void Check(Guid by, IdentityDocument document, byte[] documentHash, bool doubted, DateTimeOffset now)
    {
        var same = document == Document && CryptographicOperations.FixedTimeEquals(documentHash, DocumentHash);
        (CheckedBy, CheckedAt, Outcome) = (by, now, same && !doubted ? CheckOutcome.Confirmed : CheckOutcome.Doubtful);
    }
}
