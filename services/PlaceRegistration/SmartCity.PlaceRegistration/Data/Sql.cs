using Npgsql;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>Typed parameters and batches in one line each.</summary>
internal static class Sql
{
    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    public static NpgsqlParameter Array<T>(IEnumerable<T> values) => new NpgsqlParameter<T[]> { TypedValue = [.. values] };

    /// <summary>Adds a statement; every statement of a batch sees what was committed before it began.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        // A parameter belongs to one command.
        foreach (var parameter in parameters) command.Parameters.Add(parameter.Clone());
        batch.BatchCommands.Add(command);
    }
}
