using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using SmartCity.Messaging;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>The service's own database. Visits and what tracing makes of them are written in sets by <see cref="VisitLog"/> and <see cref="ExposureLog"/>.</summary>
internal sealed class PlaceRegistrationDb(DbContextOptions<PlaceRegistrationDb> options) : DbContext(options)
{
    public DbSet<Place> Places => Set<Place>();

    public DbSet<Visit> Visits => Set<Visit>();

    public DbSet<TracedCase> Cases => Set<TracedCase>();

    public DbSet<Exposure> Exposures => Set<Exposure>();

    public DbSet<TraceRun> TraceRuns => Set<TraceRun>();

    public DbSet<TraceDecision> TraceDecisions => Set<TraceDecision>();

    public DbSet<Look> Looks => Set<Look>();

    public DbSet<Trip> Trips => Set<Trip>();

    public DbSet<VenueDevice> Devices => Set<VenueDevice>();

    public DbSet<PlateRead> PlateReads => Set<PlateRead>();

    public DbSet<TruthSample> TruthSamples => Set<TruthSample>();

    public DbSet<CrowdAlert> CrowdAlerts => Set<CrowdAlert>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddMessaging();

        modelBuilder.Entity<Place>(place =>
        {
            place.Property(p => p.Id).ValueGeneratedNever();
            place.Property(p => p.Type).HasConversion<string>();
            place.Property(p => p.Ventilation).HasConversion<string>().HasDefaultValue(Ventilation.Unknown);
            place.HasIndex(p => p.ParentId);
            place.HasIndex(p => p.Code).IsUnique();
            place.HasIndex(p => new { p.OwnerId, p.RegistrationKey }).IsUnique();
            place.HasIndex(p => new { p.Cell, p.Id });
            // The places that are there stay in use.
            place.Property(p => p.State).HasConversion<string>().HasDefaultValue(PlaceState.Approved).HasSentinel((PlaceState)(-1));
            place.HasIndex(p => p.Id).HasFilter("state = 'Pending'").HasDatabaseName("ix_places_pending");
            place.HasIndex(p => p.Ancestors).HasMethod("gin");
        });
        modelBuilder.Entity<Visit>(visit =>
        {
            // Partitioned, which EF cannot say: VisitsSql creates it.
            visit.ToTable("visits", table => table.ExcludeFromMigrations());
            visit.HasKey(v => new { v.Id, v.ArrivedAt });
            visit.Ignore(v => v.LeftAt);
        });
        modelBuilder.Entity<VisitKey>(key =>
        {
            key.ToTable("visit_keys").HasKey(k => k.Key);
            key.Property(k => k.Key).ValueGeneratedNever();
            key.HasIndex(k => k.RecordedAt).HasMethod("brin");
        });
        modelBuilder.Entity<ChangedCode>(code =>
        {
            code.ToTable("changed_codes").HasKey(c => c.CitizenId);
            code.Property(c => c.CitizenId).ValueGeneratedNever();
        });
        modelBuilder.Entity<Trip>(trip =>
        {
            trip.Property(t => t.Id).ValueGeneratedNever();
            trip.HasIndex(t => new { t.VehicleId, t.DepartsAt });
            trip.HasIndex(t => new { t.VehicleId, t.Key }).IsUnique();
            trip.Property(t => t.Stops).HasColumnType("jsonb").HasConversion(
                stops => JsonSerializer.Serialize(stops, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<Stop[]>(text, JsonSerializerOptions.Web)!,
                // A trip's stops never change: the same list is the same stops.
                new ValueComparer<IReadOnlyList<Stop>>(favorStructuralComparisons: false));
        });
        modelBuilder.Entity<VenueDevice>(device =>
        {
            device.ToTable("devices");
            device.Property(d => d.Id).ValueGeneratedNever();
            device.HasIndex(d => new { d.PlaceId, d.Key }).IsUnique();
        });
        modelBuilder.Entity<PlateRead>(read =>
        {
            read.Property(r => r.Id).ValueGeneratedNever();
            read.HasIndex(r => new { r.PlateLookup, r.ReadAt });
            read.HasIndex(r => r.ReadAt);
        });
        modelBuilder.Entity<TruthSample>(sample =>
        {
            sample.HasKey(s => s.VisitId);
            sample.Property(s => s.VisitId).ValueGeneratedNever();
        });
        modelBuilder.Entity<CrowdAlert>(alert =>
        {
            alert.HasKey(a => a.PlaceId);
            alert.Property(a => a.PlaceId).ValueGeneratedNever();
        });
        modelBuilder.Entity<VisitMark>().ToTable("visit_marks").HasNoKey();
        modelBuilder.Entity<VisitCount>(count =>
        {
            count.ToTable("visit_counts").HasKey(c => new { c.Cell, c.Hour });
            count.HasIndex(c => c.Hour);
        });
        modelBuilder.Entity<TracedCase>(traced =>
        {
            traced.ToTable("cases").HasKey(c => c.CaseId);
            traced.Property(c => c.CaseId).ValueGeneratedNever();
            traced.Property(c => c.Release).HasConversion<string>().HasDefaultValue(CaseRelease.Waiting);
            traced.HasIndex(c => c.CitizenId);
            traced.HasIndex(c => c.RerunAskedAt).HasFilter("rerun_asked_at IS NOT NULL");
            traced.HasIndex(c => new { c.Release, c.CaseId });
        });
        modelBuilder.Entity<TraceRun>(run =>
        {
            run.Property(r => r.Id).ValueGeneratedNever();
            run.Property(r => r.Cause).HasConversion<string>();
            run.Property(r => r.Number).UseIdentityAlwaysColumn();
            run.HasIndex(r => new { r.CaseId, r.Number });
        });
        modelBuilder.Entity<TraceDecision>(decision =>
        {
            decision.Property(d => d.Id).UseIdentityAlwaysColumn();
            decision.Property(d => d.Kind).HasConversion<string>();
            decision.Property(d => d.Reason).HasConversion<string>();
            decision.HasIndex(d => new { d.CaseId, d.Id });
        });
        modelBuilder.Entity<Exposure>(exposure =>
        {
            exposure.HasKey(e => new { e.CaseId, e.CitizenId, e.PlaceId });
            exposure.Property(e => e.Severity).HasConversion<string>();
            exposure.Property(e => e.Reckoning).HasColumnType("jsonb");
            exposure.HasIndex(e => new { e.CitizenId, e.PlaceId });
        });
        modelBuilder.Entity<Look>(look =>
        {
            look.Property(l => l.Id).ValueGeneratedNever();
            look.HasIndex(l => new { l.CitizenId, l.Id });
        });
    }
}

/// <summary>A client's key and the visit that it made.</summary>
internal sealed class VisitKey
{
    public Guid Key { get; init; }
    public Guid VisitId { get; init; }
    public DateTimeOffset ArrivedAt { get; init; }
    public DateTimeOffset RecordedAt { get; init; }
}

/// <summary>Visits not yet counted. Rows are only added, so that nobody who checks in waits for anybody else; counting takes them away.</summary>
internal sealed class VisitMark
{
    public required string Cell { get; init; }
    public DateTimeOffset Hour { get; init; }
    public int Visits { get; init; }
}

/// <summary>Visits that began in a grid cell in an hour, so far.</summary>
internal sealed class VisitCount
{
    public required string Cell { get; init; }
    public DateTimeOffset Hour { get; init; }
    public int Visits { get; init; }
}

/// <summary>A person who looked at what tracing found, and about whom; null where no single person was shown.</summary>
internal sealed class Look
{
    public required Guid Id { get; init; }
    public required Guid OfficerId { get; init; }
    public required Guid CaseId { get; init; }
    public required Guid? CitizenId { get; init; }
    public required DateTimeOffset LookedAt { get; init; }
}
