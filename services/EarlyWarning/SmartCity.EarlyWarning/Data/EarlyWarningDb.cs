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
    public DbSet<SignalSeries> Series => Set<SignalSeries>();
    public DbSet<SignalRevision> Revisions => Set<SignalRevision>();
    public DbSet<SignalValue> Values => Set<SignalValue>();
    public DbSet<SignalDay> Signals => Set<SignalDay>();
    public DbSet<QuarantinedValue> Quarantine => Set<QuarantinedValue>();
    public DbSet<GridArea> Areas => Set<GridArea>();
    public DbSet<DetectionRule> Rules => Set<DetectionRule>();
    public DbSet<RuleBacktest> Backtests => Set<RuleBacktest>();
    public DbSet<KnownOutbreak> Outbreaks => Set<KnownOutbreak>();
    public DbSet<JudgeMark> Marks => Set<JudgeMark>();
    public DbSet<AlarmJudgement> Judgements => Set<AlarmJudgement>();
    public DbSet<RiskProposal> Proposals => Set<RiskProposal>();
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
        model.Entity<SignalSeries>().ToTable("signal_series").HasIndex(series => new { series.Stream, series.Kind, series.Area }).IsUnique();
        model.Entity<SignalRevision>().ToTable("signal_revisions").HasIndex(revision => new { revision.Stream, revision.Id });
        model.Entity<SignalValue>().ToTable("signal_values").HasKey(value => new { value.Series, value.At, value.Revision });
        // A view, which EF reads like a table: SignalsSql creates it.
        model.Entity<SignalDay>().ToTable("signal_days", table => table.ExcludeFromMigrations()).HasKey(signal => new { signal.Stream, signal.Area, signal.Day });
        model.Entity<QuarantinedValue>(value =>
        {
            value.ToTable("quarantined_values").HasIndex(v => new { v.Stream, v.Kind, v.Area, v.At, v.Value }).IsUnique();
            value.Property(v => v.Id).ValueGeneratedNever();
        });
        model.Entity<GridArea>(area =>
        {
            area.ToTable("areas").HasKey(a => new { a.Grid, a.Code });
            area.Property(a => a.Geometry).HasColumnType("json");
        });
        model.Entity<DetectionRule>(rule =>
        {
            rule.ToTable("detection_rules").HasKey(r => new { r.Code, r.Version });
            rule.HasIndex(r => r.Code).HasFilter("state = 'Live'").IsUnique();
            rule.Ignore(r => r.Series).Ignore(r => r.DetectorName);
            rule.Property<uint>("xmin").IsRowVersion();
        });
        model.Entity<RuleBacktest>(test =>
        {
            test.ToTable("rule_backtests").HasIndex(t => new { t.Code, t.Version });
            test.Property(t => t.Change).HasColumnType("jsonb").HasConversion(
                change => JsonSerializer.Serialize(change, JsonSerializerOptions.Web), json => JsonSerializer.Deserialize<RuleChange>(json, JsonSerializerOptions.Web)!);
        });
        model.Entity<KnownOutbreak>(outbreak =>
        {
            outbreak.ToTable("known_outbreaks");
            outbreak.Property(o => o.Id).ValueGeneratedNever();
        });
        model.Entity<JudgeMark>().ToTable("judge_marks").HasKey(mark => mark.Stream);
        model.Entity<Alarm>(alarm =>
        {
            alarm.HasIndex(a => new { a.Rule, a.Area, a.Day }).IsUnique();
            alarm.HasIndex(a => new { a.Department, a.RaisedAt });
            alarm.HasIndex(a => a.Day);
            alarm.HasIndex(a => a.EventId);
            alarm.Ignore(a => a.Areas);
        });
        model.Entity<AlarmJudgement>().ToTable("alarm_judgements").HasKey(judgement => judgement.Hash);
        model.Entity<RiskProposal>().ToTable("risk_proposals").HasIndex(proposal => new { proposal.Cell, proposal.ValidUntil });
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
