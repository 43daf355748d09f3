using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SmartCity.Messaging;

/// <summary>Tells what passes by itself (a server away, a lost race) from what repeating does not heal.</summary>
internal static class Faults
{
    public static bool IsInfrastructure(Exception fault) => fault switch
    {
        DbUpdateConcurrencyException => true,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: MessagingModel.InboxKey } => true,
        NpgsqlException { IsTransient: true } => true,
        SocketException or TimeoutException => true,
        // A connection cut in the middle of a command surfaces as an IOException or EndOfStreamException inside an NpgsqlException.
        NpgsqlException { InnerException: IOException } => true,
        { InnerException: { } inner } => IsInfrastructure(inner),
        _ => false,
    };
}
