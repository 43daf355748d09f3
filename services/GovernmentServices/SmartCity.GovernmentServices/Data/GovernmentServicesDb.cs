using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.Messaging;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Data;

/// <summary>What the government services keep. Bookings are written by <see cref="BookingLedger"/> only.</summary>
internal sealed class GovernmentServicesDb(DbContextOptions<GovernmentServicesDb> options) : DbContext(options)
{
    public DbSet<Bulletin> Bulletins => Set<Bulletin>();

    public DbSet<BulletinRevision> BulletinRevisions => Set<BulletinRevision>();

    public DbSet<Slot> Slots => Set<Slot>();

    public DbSet<Booking> Bookings => Set<Booking>();

    public DbSet<Report> Reports => Set<Report>();

    public DbSet<ReportReading> ReportReadings => Set<ReportReading>();

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
            revision.HasOne<Bulletin>().WithMany().HasForeignKey(r => r.BulletinId);
        });
        modelBuilder.Entity<Slot>(slot =>
        {
            slot.ToTable(table => table.HasCheckConstraint("ck_slots_booked", "booked BETWEEN 0 AND capacity"));
            slot.Property(s => s.Id).ValueGeneratedNever();
            slot.ComplexProperty(s => s.Position);
            slot.HasIndex(s => new { s.OfficerId, s.OfferKey }).IsUnique();
            slot.HasIndex(s => new { s.StartsAt, s.Id });
            slot.HasIndex(s => s.EndsAt);
        });
        modelBuilder.Entity<Booking>(booking =>
        {
            booking.Property(b => b.Id).ValueGeneratedNever();
            booking.HasOne(b => b.Slot).WithMany().OnDelete(DeleteBehavior.Cascade);
            // One place per person and slot, whatever else goes wrong.
            booking.HasIndex(b => new { b.SlotId, b.AccountId }).IsUnique().HasFilter("cancelled_at IS NULL");
            // Old slots take all their bookings with them, also the cancelled ones.
            booking.HasIndex(b => b.SlotId);
            booking.HasIndex(b => new { b.AccountId, b.Id });
        });
        modelBuilder.Entity<Report>(report =>
        {
            report.Property(r => r.Id).ValueGeneratedNever();
            report.ComplexProperty(r => r.Position);
            // Of two answers at the same time, one is given.
            report.Property(r => r.AnsweredAt).IsConcurrencyToken();
            report.HasIndex(r => new { r.AccountId, r.ReportKey }).IsUnique();
            report.HasIndex(r => new { r.AccountId, r.Id });
            report.HasIndex(r => new { r.Department, r.Id });
            report.HasIndex(r => r.ReceivedAt).HasMethod("brin");
        });
        modelBuilder.Entity<ReportReading>(reading =>
        {
            reading.Property(r => r.Id).ValueGeneratedNever();
            reading.HasOne<Report>().WithMany().HasForeignKey(r => r.ReportId);
            reading.HasIndex(r => new { r.ReportId, r.Id });
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
