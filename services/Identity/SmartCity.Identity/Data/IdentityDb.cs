using Microsoft.EntityFrameworkCore;
using SmartCity.Identity.Domain;
using SmartCity.Signing;

namespace SmartCity.Identity.Data;

internal sealed class IdentityDb(DbContextOptions<IdentityDb> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<SpentTotp> SpentTotps => Set<SpentTotp>();

    public DbSet<PhoneCode> PhoneCodes => Set<PhoneCode>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<AssistedRegistration> AssistedRegistrations => Set<AssistedRegistration>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Account>(account =>
        {
            account.ToTable("accounts");
            // What identifies a person is kept sealed, in columns of our own.
            account.Ignore(a => a.PhoneNumber).Ignore(a => a.PhoneNumberConfirmed);
            account.Ignore(a => a.Email).Ignore(a => a.NormalizedEmail).Ignore(a => a.EmailConfirmed);
            account.Property(a => a.UserName).HasMaxLength(64).IsRequired();
            account.Property(a => a.NormalizedUserName).HasMaxLength(64).IsRequired();
            account.Property(a => a.Department).HasMaxLength(64);
            account.Property(a => a.ConcurrencyStamp).IsConcurrencyToken();
            account.HasIndex(a => a.NormalizedUserName).IsUnique();
            account.HasIndex(a => a.PhoneHash).IsUnique();
        });

        model.Entity<SpentTotp>(spent =>
        {
            spent.ToTable("spent_totps");
            spent.HasKey(s => new { s.AccountId, s.Code });
            spent.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId);
        });

        model.Entity<PhoneCode>(code =>
        {
            code.ToTable("phone_codes");
            code.HasIndex(c => new { c.PhoneHash, c.SentAt });
            code.HasIndex(c => new { c.AddressHash, c.SentAt });
            code.HasIndex(c => c.SentAt);
        });

        model.Entity<Session>(session =>
        {
            session.ToTable("sessions");
            session.HasOne<Account>().WithMany().HasForeignKey(s => s.AccountId);
            session.HasIndex(s => s.ExpiresAt);
        });

        model.Entity<RefreshToken>(token =>
        {
            token.ToTable("refresh_tokens");
            token.HasKey(t => t.Hash);
            token.HasOne<Session>().WithMany().HasForeignKey(t => t.SessionId);
        });

        model.Entity<Consent>(consent =>
        {
            consent.ToTable("consents");
            consent.HasOne<Account>().WithMany().HasForeignKey(c => c.PersonId);
            consent.HasOne<Account>().WithMany().HasForeignKey(c => c.ProxyId);
            consent.HasIndex(c => new { c.PersonId, c.RequestKey }).IsUnique();
            consent.Property(c => c.Form).HasConversion<string>().HasMaxLength(32);
            consent.HasIndex(c => new { c.RecordedBy, c.RequestKey }).IsUnique();
        });

        model.Entity<AssistedRegistration>(registration =>
        {
            registration.ToTable("assisted_registrations").HasKey(r => r.AccountId);
            registration.HasOne<Account>().WithOne().HasForeignKey<AssistedRegistration>(r => r.AccountId);
            registration.Property(r => r.Document).HasConversion<string>().HasMaxLength(32);
            registration.Property(r => r.Relation).HasConversion<string>().HasMaxLength(32);
            registration.Property(r => r.Outcome).HasConversion<string>().HasMaxLength(32);
            // One account for a document, unless it was doubted.
            registration.HasIndex(r => r.DocumentHash).IsUnique().HasFilter("outcome IS DISTINCT FROM 'Doubtful'");
            registration.HasIndex(r => r.RegisteredBy);
            registration.HasIndex(r => r.AccountId, "ix_waiting_checks").HasFilter("chosen_for_check AND outcome IS NULL");
        });

        model.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("audit");
            entry.Property(e => e.Action).HasConversion<string>().HasMaxLength(32);
            entry.HasIndex(e => new { e.AccountId, e.Id });
            entry.HasIndex(e => new { e.ActorId, e.Id });
            entry.HasIndex(e => e.At);
        });

        model.AddSigningKeys();
    }
}
