namespace SmartCity.Identity.Domain;

/// <summary>What is recorded about an account.</summary>
internal enum AuditAction
{
    SignedIn,
    SignInFailed,
    LockedOut,
    SignedOut,
    RefreshTokenReused,
    ConsentGiven,
    ConsentRevoked,
    ActedByProxy,
    TotpEnrolmentBegun,
    TotpEnrolled,
    PasswordChanged,
    AccountCreated,
    AccountReset,
    AccountClosed,
    AuditRead,
    PersonFound,
    SecondCheckDone,
}

/// <summary>One line of the record: it is added and never changed; the database refuses anything else.</summary>
/// <param name="Id">In the order of time.</param>
/// <param name="At">Real time.</param>
/// <param name="AccountId">Whom it is about, and who may read it.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="Action">What was done.</param>
/// <param name="Subject">The thing it was done with: a session, a consent.</param>
internal sealed record AuditEntry(Guid Id, DateTimeOffset At, Guid AccountId, Guid ActorId, AuditAction Action, Guid? Subject)
{
    public static AuditEntry Of(AuditAction action, Guid account, DateTimeOffset now, Guid? actor = null, Guid? subject = null) =>
        new(Guid.CreateVersion7(now), now, account, actor ?? account, action, subject);
}
