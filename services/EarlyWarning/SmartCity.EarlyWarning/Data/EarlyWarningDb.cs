using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Domain;
using SmartCity.Messaging;

namespace SmartCity.EarlyWarning.Data;

/// <summary>What the early warning service keeps.</summary>
internal sealed class EarlyWarningDb(DbContextOptions<EarlyWarningDb> options) : DbContext(options)
{
    public DbSet<SignalFact> Facts => Set<SignalFact>();
    public DbSet<SignalDay> Signals => Set<SignalDay>();
    public DbSet<Alarm> Alarms => Set<Alarm>();
    public DbSet<CityEvent> Events => Set<CityEvent>();
    public DbSet<Warning> Warnings => Set<Warning>();
    public DbSet<Acknowledgement> Acknowledgements => Set<Acknowledgement>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) =>
        configuration.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.AddMessaging();
        model.Entity<SignalFact>(fact =>
        {
            fact.ToTable("signal_facts").HasKey(f => new { f.Stream, f.Key });
            // What a day's sum is made of.
            fact.HasIndex(f => new { f.Stream, f.Day, f.Cell }).IncludeProperties(f => f.Value);
        });
        model.Entity<SignalDay>().ToTable("signal_days").HasKey(signal => new { signal.Stream, signal.Area, signal.Day });
        model.Entity<Alarm>().HasIndex(alarm => new { alarm.Stream, alarm.Area, alarm.Day, alarm.Detector }).IsUnique();
        model.Entity<CityEvent>(happening =>
        {
            happening.ToTable("events").HasIndex(e => new { e.State, e.LastDay });
            happening.Property<uint>("xmin").IsRowVersion();
        });
        model.Entity<Warning>(warning =>
        {
            warning.ComplexProperty(w => w.En).IsRequired();
            warning.ComplexProperty(w => w.Zh).IsRequired();
            warning.HasIndex(w => w.AlarmId).IsUnique();
            warning.HasIndex(w => new { w.AuthorId, w.DraftKey }).IsUnique();
            warning.Property<uint>("xmin").IsRowVersion();
        });
        model.Entity<Acknowledgement>().HasKey(acknowledgement => new { acknowledgement.WarningId, acknowledgement.Department });
    }
}
