using Microsoft.EntityFrameworkCore;

namespace SmartCity.Messaging.Tests.Sample;

public sealed class SampleDb(DbContextOptions<SampleDb> options) : DbContext(options)
{
    public DbSet<PatientFile> PatientFiles => Set<PatientFile>();

    public DbSet<HeardCase> HeardCases => Set<HeardCase>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddMessaging();
        modelBuilder.Entity<PatientFile>().HasKey(file => file.Patient);
        modelBuilder.Entity<PatientFile>().Property(file => file.Newest).IsConcurrencyToken();
        modelBuilder.Entity<PatientFile>().ComplexProperty(file => file.HomeAddress);
        modelBuilder.Entity<HeardCase>().HasIndex(heard => heard.Patient);
        modelBuilder.Entity<HeardCase>().HasOne<PatientFile>().WithMany().HasForeignKey(heard => heard.Patient);
    }
}

/// <summary>What the consumer keeps: the newest number, whatever the order of arrival.</summary>
public sealed class PatientFile
{
    public required string Patient { get; init; }
    public int Newest { get; set; }
    public Address HomeAddress { get; set; } = new("", "");
}

public sealed record Address(string StreetName, string HouseNumber);

/// <summary>One row an effect, so that a second effect is seen.</summary>
public sealed class HeardCase
{
    public long Id { get; init; }
    public required string Patient { get; init; }
    public int Number { get; init; }
    public string? TraceId { get; init; }
}
