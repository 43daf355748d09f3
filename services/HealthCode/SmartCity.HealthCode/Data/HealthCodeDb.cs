using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SmartCity.HealthCode.Domain;
using SmartCity.Messaging;

namespace SmartCity.HealthCode.Data;

/// <summary>What the health code service keeps.</summary>
internal sealed class HealthCodeDb(DbContextOptions<HealthCodeDb> options) : DbContext(options)
{
    public DbSet<Citizen> Citizens => Set<Citizen>();
    public DbSet<CitizenCode> Codes => Set<CitizenCode>();
    public DbSet<CodeChange> Changes => Set<CodeChange>();
    public DbSet<Evidence> Evidence => Set<Evidence>();
    public DbSet<AreaRiskLevel> AreaRisks => Set<AreaRiskLevel>();
    public DbSet<PolicyRelease> Policies => Set<PolicyRelease>();
    public DbSet<CityWalk> Walks => Set<CityWalk>();
    public DbSet<DryRunCount> DryRunCounts => Set<DryRunCount>();
    public DbSet<DryRunSample> DryRunSamples => Set<DryRunSample>();
    public DbSet<OverrideOrder> Overrides => Set<OverrideOrder>();
    public DbSet<PublicEntry> PublicLog => Set<PublicEntry>();
    public DbSet<Appeal> Appeals => Set<Appeal>();
    public DbSet<Notice> Notices => Set<Notice>();
    public DbSet<LabResult> LabResults => Set<LabResult>();
    public DbSet<ConfirmedCase> Cases => Set<ConfirmedCase>();
    public DbSet<AccessRecord> AccessLog => Set<AccessRecord>();
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();
    public DbSet<PrintedCode> PrintedCodes => Set<PrintedCode>();
    public DbSet<SignedList> SignedLists => Set<SignedList>();
    public DbSet<Deletion> Deletions => Set<Deletion>();
    public DbSet<ColorCount> ColorCounts => Set<ColorCount>();
    public DbSet<GateTurn> GateTurns => Set<GateTurn>();

    /// <summary>All evidence about a person, with what this unit of work has added, and what the areas where they live and were say about them.</summary>
    public async Task<IReadOnlyCollection<Evidence>> EvidenceOfAsync(Citizen citizen, CancellationToken cancellationToken)
    {
        await Evidence.Where(fact => fact.CitizenId == citizen.Id).LoadAsync(cancellationToken);
        Evidence[] own = [.. Evidence.Local.Where(fact => fact.CitizenId == citizen.Id)];
        var cells = AreaRiskLevel.CellsOf(citizen.HomeCell, own);
        if (cells.Length == 0) return own;
        await AreaRisks.Where(risk => cells.Contains(risk.Cell) && risk.Accepted && risk.WithdrawnAt == null).LoadAsync(cancellationToken);
        return [.. own, .. AreaRisks.Local.Select(risk => risk.AsEvidenceAbout(citizen.Id, citizen.HomeCell, own)).OfType<Evidence>()];
    }

    /// <summary>Adds a change to the person's history and, where the colour changed, the event; both wait for the save.</summary>
    public void Record(CodeChange? change, string? homeCell)
    {
        if (change is null) return;
        Add(change);
        if (change.ToEvent(homeCell) is { } changed) this.Publish(changed, changed.CitizenId);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<CitizenId>().HaveConversion<CitizenIdColumn>();
        configuration.Properties<Enum>().HaveConversion<string>().HaveMaxLength(30);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.AddMessaging();
        model.Entity<Citizen>(citizen =>
        {
            citizen.HasIndex(c => c.AccountId).IsUnique();
            citizen.HasIndex(c => c.NumberLookup).IsUnique();
            citizen.HasIndex(c => c.HomeCell);
            // Apart from all else, so that backups can leave it out: without these rows nobody can tell whose the others are, nor open what is sealed.
            citizen.SplitToTable("person_keys", "keyring", keys =>
            {
                keys.Property(c => c.NumberLookup).HasColumnName("number_lookup");
                keys.Property(c => c.WrappedKey).HasColumnName("wrapped_key");
            });
            citizen.HasOne(c => c.Code).WithOne().HasForeignKey<CitizenCode>(code => code.CitizenId);
        });
        model.Entity<CitizenCode>(code =>
        {
            code.ToTable("citizen_codes").HasKey(c => c.CitizenId);
            code.Property(c => c.Revision).IsConcurrencyToken();
            // What the sweep looks for; green codes are renewed when somebody looks at them.
            code.HasIndex(c => c.ValidUntil).HasFilter("color <> 'Green'");
        });
        // Not unique: of two decisions at the same time one must fail on the revision, which is retried, and not on a key.
        model.Entity<CodeChange>().ToTable("code_changes").HasIndex(change => new { change.CitizenId, change.Version });
        // No foreign key: a withdrawal may come before anything else is known.
        model.Entity<Evidence>(fact =>
        {
            fact.HasIndex(f => f.CitizenId);
            fact.Property(f => f.Detail).HasColumnType("jsonb");
        });
        model.Entity<PolicyRelease>(policy =>
        {
            policy.ToTable("policies").HasKey(p => p.Version);
            policy.Property(p => p.Revision).IsConcurrencyToken();
        });
        model.Entity<CityWalk>().ToTable("city_walks").HasIndex(walk => walk.StartedAt).HasFilter("finished_at IS NULL");
        model.Entity<DryRunCount>().ToTable("dry_run_counts").HasKey(count => new { count.WalkId, count.Rule, count.District, count.BirthDecade, count.From, count.To });
        model.Entity<DryRunSample>().ToTable("dry_run_samples").HasKey(sample => new { sample.WalkId, sample.CitizenId });
        model.Entity<OverrideOrder>(order =>
        {
            order.ToTable("override_orders");
            order.HasIndex(o => new { o.ProposedBy, o.ProposedAt });
            order.Property(o => o.Revision).IsConcurrencyToken();
        });
        model.Entity<PublicEntry>(entry =>
        {
            entry.ToTable("public_log").HasKey(e => e.Seq);
            entry.Property(e => e.Seq).ValueGeneratedNever();
        });
        model.Entity<Appeal>(appeal =>
        {
            appeal.ToTable("appeals");
            // One at a time: the queue is for people, not for repetition.
            appeal.HasIndex(a => a.CitizenId).IsUnique().HasFilter("decided_at IS NULL").HasDatabaseName("ix_appeals_open");
            appeal.HasIndex(a => a.DueAt).HasFilter("decided_at IS NULL");
            appeal.HasIndex(a => a.FiledAt);
            appeal.Property(a => a.Revision).IsConcurrencyToken();
        });
        model.Entity<Notice>().ToTable("notices").HasIndex(notice => new { notice.CitizenId, notice.Id });
        model.Entity<AreaRiskLevel>().ToTable("area_risks").HasIndex(risk => risk.Cell);
        model.Entity<LabResult>(result =>
        {
            result.HasIndex(r => new { r.Laboratory, r.ResultNumber }).IsUnique();
            result.HasIndex(r => new { r.Laboratory, r.IdempotencyKey }).IsUnique();
            result.HasIndex(r => r.CitizenId);
        });
        model.Entity<ConfirmedCase>(confirmed =>
        {
            confirmed.ToTable("cases");
            confirmed.HasIndex(c => c.CitizenId);
            confirmed.HasIndex(c => c.LabResultId).IsUnique();
        });
        model.Entity<AccessRecord>(access =>
        {
            access.ToTable("access_log");
            access.Property(a => a.Id).UseIdentityAlwaysColumn();
            access.HasIndex(a => new { a.CitizenId, a.Id });
        });
        model.Entity<SigningKey>().HasKey(key => key.Id);
        model.Entity<PrintedCode>(printed =>
        {
            printed.HasKey(code => code.CodeId);
            printed.HasIndex(code => code.CitizenId);
            printed.HasIndex(code => code.ValidUntil);
        });
        model.Entity<SignedList>().HasKey(list => list.Kind);
        model.Entity<Deletion>().Property(one => one.What).HasMaxLength(50);
        model.Entity<GateTurn>().ToTable("gate_turns").HasKey(turn => turn.AccountId);
        model.Entity<ColorCount>().ToTable("color_counts").HasKey(count => new { count.Hour, count.Color });
    }

    private sealed class CitizenIdColumn() : ValueConverter<CitizenId, Guid>(id => id.Value, value => new CitizenId(value));
}

/// <summary>How many ID cards an account has asked about in its newest minute.</summary>
internal sealed class GateTurn
{
    public Guid AccountId { get; init; }
    public DateTimeOffset Minute { get; init; }
    public int Turns { get; init; }
}

/// <summary>How many codes had a colour in an hour, as it may be told.</summary>
internal sealed class ColorCount
{
    public DateTimeOffset Hour { get; init; }
    public Contracts.CodeColor Color { get; init; }
    public int Count { get; init; }
}
