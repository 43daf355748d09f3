using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.Messaging;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Data;

/// <summary>What the government services keep. Bookings are written by <see cref="BookableWriter"/> only.</summary>
internal sealed class GovernmentServicesDb(DbContextOptions<GovernmentServicesDb> options) : DbContext(options)
{
    public DbSet<Bulletin> Bulletins => Set<Bulletin>();

    public DbSet<BulletinRevision> BulletinRevisions => Set<BulletinRevision>();

    public DbSet<Bookable> Bookables => Set<Bookable>();

    public DbSet<Booking> Bookings => Set<Booking>();

    public DbSet<ReturnedBooking> ReturnedBookings => Set<ReturnedBooking>();

    public DbSet<LotteryEntry> LotteryEntries => Set<LotteryEntry>();

    public DbSet<QueuePlace> QueuePlaces => Set<QueuePlace>();

    public DbSet<Assistant> Assistants => Set<Assistant>();

    public DbSet<BookingFacts> BookingFacts => Set<BookingFacts>();

    public DbSet<BookingHour> BookingHours => Set<BookingHour>();

    public DbSet<Report> Reports => Set<Report>();

    public DbSet<ReportEntry> ReportEntries => Set<ReportEntry>();

    public DbSet<ReportReading> ReportReadings => Set<ReportReading>();

    public DbSet<Rating> Ratings => Set<Rating>();

    public DbSet<Rectification> Rectifications => Set<Rectification>();

    public DbSet<RatingReading> RatingReadings => Set<RatingReading>();

    public DbSet<Application> Applications => Set<Application>();

    public DbSet<ApplicationStep> ApplicationSteps => Set<ApplicationStep>();

    public DbSet<ApplicationEntry> ApplicationEntries => Set<ApplicationEntry>();

    public DbSet<Draft> Drafts => Set<Draft>();

    public DbSet<DataUse> DataUses => Set<DataUse>();

    public DbSet<Attachment> Attachments => Set<Attachment>();

    public DbSet<Certificate> Certificates => Set<Certificate>();

    public DbSet<DataAsset> DataAssets => Set<DataAsset>();

    public DbSet<DataAssetEntry> DataAssetEntries => Set<DataAssetEntry>();

    public DbSet<DataRequest> DataRequests => Set<DataRequest>();

    public DbSet<DataRead> DataReads => Set<DataRead>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.Properties<Enum>().HaveConversion<string>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddMessaging();
        modelBuilder.AddSigningKeys();

        modelBuilder.Entity<Bulletin>(bulletin =>
        {
            bulletin.Property(b => b.Id).ValueGeneratedNever();
            bulletin.Property(b => b.Revision).IsConcurrencyToken();
            bulletin.HasIndex(b => new { b.PublisherId, b.PublicationKey }).IsUnique();
            bulletin.HasIndex(b => new { b.Kind, b.Id });
        });
        modelBuilder.Entity<BulletinRevision>(revision =>
        {
            revision.HasKey(r => new { r.BulletinId, r.Revision });
            revision.ComplexProperty(r => r.Title);
            revision.ComplexProperty(r => r.Body);
            revision.ComplexProperty(r => r.Reason);
            revision.Property(r => r.Evidence).HasColumnType("jsonb").HasConversion(
                evidence => JsonSerializer.Serialize(evidence, JsonSerializerOptions.Web),
                text => JsonSerializer.Deserialize<Evidence[]>(text, JsonSerializerOptions.Web)!,
                new ValueComparer<IReadOnlyList<Evidence>>((one, other) => one!.SequenceEqual(other!), all => all.Count, all => all));
            revision.HasOne<Bulletin>().WithMany().HasForeignKey(r => r.BulletinId);
        });
        modelBuilder.Entity<Bookable>(bookable =>
        {
            bookable.ToTable(table => table.HasCheckConstraint("ck_bookables_booked", "booked BETWEEN 0 AND capacity"));
            bookable.Property(b => b.Id).ValueGeneratedNever();
            bookable.ComplexProperty(b => b.Position);
            bookable.Property(b => b.Quotas).HasColumnType("jsonb").HasConversion(
                quotas => JsonSerializer.Serialize(quotas, JsonSerializerOptions.Default),
                json => JsonSerializer.Deserialize<Dictionary<BookingChannel, int>>(json, JsonSerializerOptions.Default)!,
                // Never changed once it is offered.
                new ValueComparer<Dictionary<BookingChannel, int>>((one, other) => ReferenceEquals(one, other), quotas => quotas.Count, quotas => quotas));
            bookable.HasIndex(b => new { b.OfficerId, b.OfferKey }).IsUnique();
            bookable.HasIndex(b => new { b.StartsAt, b.Id });
            bookable.HasIndex(b => b.EndsAt);
            bookable.HasIndex(b => b.DueAt).HasFilter("due_at IS NOT NULL");
        });
        modelBuilder.Entity<Booking>(booking =>
        {
            booking.Property(b => b.Id).ValueGeneratedNever();
            booking.HasOne(b => b.Bookable).WithMany().OnDelete(DeleteBehavior.Cascade);
            // One booking per person and bookable, whatever else goes wrong.
            booking.HasIndex(b => new { b.BookableId, b.AccountId }).IsUnique().HasFilter("ended_at IS NULL");
            booking.HasIndex(b => new { b.AccountId, b.Service, b.Ordinal }).IsUnique().HasFilter("ordinal IS NOT NULL");
            // Old bookables take all their bookings with them, also those that ended.
            booking.HasIndex(b => b.BookableId);
            booking.HasIndex(b => new { b.AccountId, b.Id });
        });
        modelBuilder.Entity<ReturnedBooking>(returned =>
        {
            returned.HasKey(r => r.ApplicationId);
            returned.Property(r => r.ApplicationId).ValueGeneratedNever();
            returned.HasOne<Booking>().WithMany().HasForeignKey(r => r.BookingId);
        });
        modelBuilder.Entity<LotteryEntry>(entry =>
        {
            entry.HasKey(e => new { e.BookableId, e.AccountId });
            entry.HasOne<Bookable>().WithMany().HasForeignKey(e => e.BookableId);
        });
        modelBuilder.Entity<QueuePlace>(place =>
        {
            place.HasKey(p => new { p.BookableId, p.AccountId });
            place.HasOne<Bookable>().WithMany().HasForeignKey(p => p.BookableId);
            place.HasIndex(p => new { p.BookableId, p.Place }).IsUnique();
        });
        modelBuilder.Entity<Assistant>(assistant =>
        {
            assistant.HasKey(a => a.AccountId);
            assistant.Property(a => a.AccountId).ValueGeneratedNever();
        });
        modelBuilder.Entity<BookingFacts>(facts =>
        {
            facts.HasKey(f => f.AccountId);
            facts.Property(f => f.AccountId).ValueGeneratedNever();
        });
        modelBuilder.Entity<BookingHour>(hour =>
        {
            hour.HasKey(h => new { h.BookableId, h.Hour });
            hour.HasOne<Bookable>().WithMany().HasForeignKey(h => h.BookableId);
        });
        modelBuilder.Entity<BookingReplica>(replica => replica.Property(r => r.Id).ValueGeneratedNever());
        modelBuilder.Entity<BookingPartition>(partition =>
        {
            partition.HasKey(p => p.Number);
            partition.Property(p => p.Number).ValueGeneratedNever();
        });
        modelBuilder.Entity<Report>(report =>
        {
            report.Property(r => r.Id).ValueGeneratedNever();
            report.ComplexProperty(r => r.Position);
            report.Property(r => r.EntryCount).IsConcurrencyToken();
            report.HasMany(r => r.Entries).WithOne().HasForeignKey(e => e.ReportId);
            report.HasIndex(r => new { r.AccountId, r.ReportKey }).IsUnique();
            // At a desk, many report by one hand.
            report.HasIndex(r => new { r.ActorId, r.ReportKey }).IsUnique().HasFilter("account_id IS NULL");
            report.HasIndex(r => new { r.AccountId, r.Id });
            report.HasIndex(r => new { r.Department, r.Id });
            report.HasIndex(r => r.ReceivedAt).HasMethod("brin");
            report.HasIndex(r => new { r.EscalatedTo, r.Id }).HasFilter("escalated_to IS NOT NULL");
            report.HasIndex(r => r.DueAt).HasFilter("answered_at IS NULL AND merged_into IS NULL AND escalated_at IS NULL");
            report.HasIndex(r => r.MergedInto).HasFilter("merged_into IS NOT NULL");
            // Likely duplicates: of a kind, and recent.
            report.HasIndex(r => new { r.Category, r.ReceivedAt }).HasFilter("position_latitude IS NOT NULL");
        });
        modelBuilder.Entity<ReportEntry>(entry =>
        {
            entry.HasKey(e => new { e.ReportId, e.Number });
            entry.Property(e => e.Number).ValueGeneratedNever();
        });
        modelBuilder.Entity<Rating>(rating =>
        {
            rating.Property(r => r.Id).ValueGeneratedNever();
            // Once per handling, however often and from wherever it is sent.
            rating.HasIndex(r => new { r.Matter, r.MatterId, r.Handling }).IsUnique();
            rating.HasIndex(r => new { r.AccountId, r.Id });
            rating.HasIndex(r => r.RatedAt);
            rating.HasOne(r => r.Rectification).WithOne().HasForeignKey<Rectification>(r => r.RatingId);
        });
        modelBuilder.Entity<Rectification>(rectification =>
        {
            rectification.HasKey(r => r.RatingId);
            rectification.Property(r => r.CalledBackAt).IsConcurrencyToken();
            rectification.Property(r => r.ClosedAt).IsConcurrencyToken();
            rectification.HasIndex(r => new { r.Department, r.RatingId });
            rectification.HasIndex(r => r.DueAt).HasFilter("closed_at IS NULL");
        });
        modelBuilder.Entity<RatingReading>(reading =>
        {
            reading.Property(r => r.Id).ValueGeneratedNever();
            reading.HasOne<Rating>().WithMany().HasForeignKey(r => r.RatingId);
        });
        modelBuilder.Entity<ReportReading>(reading =>
        {
            reading.Property(r => r.Id).ValueGeneratedNever();
            reading.HasOne<Report>().WithMany().HasForeignKey(r => r.ReportId);
            reading.HasIndex(r => new { r.ReportId, r.Id });
        });
        modelBuilder.Entity<Application>(application =>
        {
            application.Property(a => a.Id).ValueGeneratedNever();
            application.Property(a => a.EntryCount).IsConcurrencyToken();
            application.Ignore(a => a.Current);
            application.HasMany(a => a.Steps).WithOne().HasForeignKey(s => s.ApplicationId);
            application.HasMany(a => a.Entries).WithOne().HasForeignKey(e => e.ApplicationId);
            application.HasIndex(a => new { a.AccountId, a.SubmissionKey }).IsUnique();
            application.HasIndex(a => new { a.AccountId, a.Id });
            application.HasIndex(a => a.DueAt).HasFilter("state = 'InProgress'");
            application.HasIndex(a => a.SubmittedAt).HasMethod("brin");
        });
        modelBuilder.Entity<ApplicationStep>(step =>
        {
            step.Property(s => s.Id).ValueGeneratedNever();
            // The inboxes: what is finished is never looked for there.
            step.HasIndex(s => new { s.Department, s.Id }).HasFilter("outcome IS NULL");
            step.HasIndex(s => new { s.EscalatedTo, s.Id }).HasFilter("outcome IS NULL AND escalated_to IS NOT NULL");
            step.HasIndex(s => s.DueAt).HasFilter("outcome IS NULL AND escalated_at IS NULL");
        });
        modelBuilder.Entity<ApplicationEntry>(entry =>
        {
            entry.HasKey(e => new { e.ApplicationId, e.Number });
            entry.Property(e => e.Number).ValueGeneratedNever();
        });
        modelBuilder.Entity<Draft>(draft =>
        {
            draft.Property(d => d.Id).ValueGeneratedNever();
            draft.HasIndex(d => new { d.AccountId, d.Service }).IsUnique();
            draft.HasIndex(d => d.SavedAt);
        });
        modelBuilder.Entity<DataUse>(use =>
        {
            use.Property(u => u.Id).ValueGeneratedNever();
            use.HasIndex(u => new { u.AccountId, u.Id });
            use.HasIndex(u => u.AgreedAt).HasMethod("brin");
        });
        modelBuilder.Entity<Attachment>(attachment =>
        {
            attachment.Property(a => a.Id).ValueGeneratedNever();
            // Of two matters that want the same file at the same time, one gets it.
            attachment.Property(a => a.UsedBy).IsConcurrencyToken();
            attachment.HasIndex(a => new { a.AccountId, a.UsedBy });
            attachment.HasIndex(a => a.UsedBy);
            attachment.HasIndex(a => a.AddedAt).HasFilter("used_by IS NULL");
        });
        modelBuilder.Entity<Certificate>(certificate =>
        {
            certificate.Property(c => c.Id).ValueGeneratedNever();
            certificate.HasIndex(c => c.Number).IsUnique();
            certificate.HasIndex(c => c.ApplicationId).IsUnique();
            certificate.HasIndex(c => new { c.StatusList, c.StatusIndex }).IsUnique();
            certificate.HasIndex(c => new { c.AccountId, c.Id });
        });
        modelBuilder.Entity<DataAsset>(asset =>
        {
            asset.Property(a => a.Id).ValueGeneratedNever();
            asset.Property(a => a.Current).IsConcurrencyToken();
            asset.HasIndex(a => new { a.State, a.Id });
        });
        modelBuilder.Entity<DataAssetEntry>(entry =>
        {
            entry.HasKey(e => new { e.AssetId, e.Revision });
            entry.ComplexProperty(e => e.Name);
            entry.ComplexProperty(e => e.Description);
            entry.Property(e => e.Accepted).IsConcurrencyToken();
            entry.HasOne<DataAsset>().WithMany().HasForeignKey(e => e.AssetId);
            entry.HasIndex(e => new { e.ProposedBy, e.ProposalKey }).IsUnique();
            entry.HasIndex(e => e.AssetId).HasFilter("accepted IS NULL").IsUnique();
        });
        modelBuilder.Entity<DataRequest>(request =>
        {
            request.Property(r => r.Id).ValueGeneratedNever();
            request.Property(r => r.DecidedAt).IsConcurrencyToken();
            request.HasOne<DataAsset>().WithMany().HasForeignKey(r => r.AssetId);
            request.HasIndex(r => new { r.AskedBy, r.RequestKey }).IsUnique();
            request.HasIndex(r => new { r.Owner, r.Id });
            request.HasIndex(r => new { r.Department, r.Id });
            request.HasIndex(r => r.DueAt).HasFilter("granted IS NULL");
        });
        modelBuilder.Entity<DataRead>(read =>
        {
            read.Property(r => r.Id).ValueGeneratedNever();
            read.HasOne<DataRequest>().WithMany().HasForeignKey(r => r.RequestId);
            read.HasIndex(r => new { r.AssetId, r.Id });
        });
    }
}
