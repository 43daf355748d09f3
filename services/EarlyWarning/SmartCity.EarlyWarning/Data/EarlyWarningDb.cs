using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using SmartCity.EarlyWarning.Domain;
using SmartCity.Messaging;
using SmartCity.Signing;

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
    public DbSet<CitizenAcknowledgement> CitizenAcknowledgements => Set<CitizenAcknowledgement>();
    public DbSet<Subscription> Subscriptions => Set<Subscription>();
    public DbSet<ImportedAlert> ImportedAlerts => Set<ImportedAlert>();
    public DbSet<ResponsePlan> ResponsePlans => Set<ResponsePlan>();
    public DbSet<EventResponse> EventResponses => Set<EventResponse>();
    public DbSet<DepartmentTask> DepartmentTasks => Set<DepartmentTask>();
    public DbSet<TaskNote> TaskNotes => Set<TaskNote>();
    public DbSet<TimelineEntry> Timeline => Set<TimelineEntry>();
    public DbSet<KeptReview> Reviews => Set<KeptReview>();
    public DbSet<Lesson> Lessons => Set<Lesson>();
    public DbSet<CodeCount> CodeCounts => Set<CodeCount>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) =>
        configuration.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.AddMessaging();
        model.AddSigningKeys();
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
            warning.HasIndex(w => w.ThreadId);
            warning.HasIndex(w => w.EventId);
            // What is public and holds is asked for every second.
            warning.HasIndex(w => w.ExpiresAt).HasFilter("issued_at IS NOT NULL");
            warning.Property<uint>("xmin").IsRowVersion();
        });
        model.Entity<Acknowledgement>().HasKey(acknowledgement => new { acknowledgement.WarningId, acknowledgement.Department });
        model.Entity<CitizenAcknowledgement>().HasKey(acknowledgement => new { acknowledgement.WarningId, acknowledgement.AccountId });
        model.Entity<Subscription>().HasKey(subscription => new { subscription.AccountId, subscription.Area });
        model.Entity<ResponsePlan>(plan =>
        {
            plan.HasKey(p => new { p.Hazard, p.Version });
            plan.Property(p => p.Steps).HasColumnType("jsonb").HasConversion(
                steps => JsonSerializer.Serialize(steps, JsonSerializerOptions.Web), json => JsonSerializer.Deserialize<List<PlanStep>>(json, JsonSerializerOptions.Web)!,
                // Steps are written once.
                new ValueComparer<IReadOnlyList<PlanStep>>((one, other) => ReferenceEquals(one, other), steps => steps.Count));
        });
        model.Entity<EventResponse>().HasKey(response => response.EventId);
        model.Entity<DepartmentTask>(task =>
        {
            task.HasIndex(t => t.EventId);
            task.HasIndex(t => t.Department);
            task.HasIndex(t => t.AcknowledgeBy).HasFilter("state = 'Assigned' AND escalated_at IS NULL");
            task.Property<uint>("xmin").IsRowVersion();
        });
        model.Entity<TaskNote>().HasIndex(note => note.TaskId);
        model.Entity<TimelineEntry>(entry =>
        {
            entry.ToTable("timeline_entries").HasKey(e => new { e.Kind, e.Key });
            entry.HasIndex(e => e.At);
        });
        model.Entity<KeptReview>(review =>
        {
            review.ToTable("reviews").HasKey(r => new { r.EventId, r.Version });
            review.Property(r => r.Review).HasColumnType("jsonb").HasConversion(
                review => JsonSerializer.Serialize(review, JsonSerializerOptions.Web), json => JsonSerializer.Deserialize<AfterActionReview>(json, JsonSerializerOptions.Web)!);
        });
        model.Entity<Lesson>(lesson =>
        {
            lesson.HasIndex(l => l.EventId);
            lesson.HasIndex(l => new { l.AuthorId, l.WriteKey }).IsUnique();
            lesson.Property<uint>("xmin").IsRowVersion();
        });
        model.Entity<CodeCount>().HasKey(count => new { count.Cell, count.Day });
        model.Entity<ImportedAlert>().HasIndex(alert => new { alert.Sender, alert.Identifier, alert.Sent }).IsUnique();
    }
}
