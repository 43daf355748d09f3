using System.Net.Sockets;
using Npgsql;

namespace SmartCity.HealthCode.Data;

/// <summary>Tells a database that is away from a fault of ours.</summary>
internal static class DatabaseFault
{
    public static bool Is(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => true,
        NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: IOException } or SocketException or TimeoutException => true,
        { InnerException: { } inner } => Is(inner),
        _ => false,
    };
}
