using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SmartCity.Messaging.Tests;

public sealed class FaultTests
{
    public static TheoryData<Exception, bool> Examples => new()
    {
        { new NpgsqlException("away", new SocketException((int)SocketError.ConnectionRefused)), true },
        { new NpgsqlException("cut", new EndOfStreamException()), true },
        { new NpgsqlException("slow", new TimeoutException()), true },
        { Postgres(PostgresErrorCodes.AdminShutdown), true },
        { Postgres(PostgresErrorCodes.CrashShutdown), true },
        { Postgres(PostgresErrorCodes.CannotConnectNow), true },
        { Postgres(PostgresErrorCodes.TooManyConnections), true },
        { Postgres(PostgresErrorCodes.DeadlockDetected), true },
        { Postgres(PostgresErrorCodes.SerializationFailure), true },
        { new DbUpdateConcurrencyException("lost a race"), true },
        { new DbUpdateException("twice at once", Postgres(PostgresErrorCodes.UniqueViolation, "pk_inbox")), true },
        { new DbUpdateException("twice by mistake", Postgres(PostgresErrorCodes.UniqueViolation, "pk_patient_files")), false },
        { Postgres(PostgresErrorCodes.UndefinedTable), false },
        { Postgres(PostgresErrorCodes.CheckViolation), false },
        { new InvalidOperationException("a mistake of ours"), false },
        { new InvalidOperationException("wrapped", new NpgsqlException("cut", new IOException())), true },
    };

    [Theory]
    [MemberData(nameof(Examples), DisableDiscoveryEnumeration = true)]
    public void What_passes_by_itself_is_told_from_what_does_not(Exception fault, bool passes) => Faults.IsInfrastructure(fault).ShouldBe(passes);

    private static PostgresException Postgres(string state, string? constraint = null) =>
        new("message", "ERROR", "ERROR", state, constraintName: constraint);
}
