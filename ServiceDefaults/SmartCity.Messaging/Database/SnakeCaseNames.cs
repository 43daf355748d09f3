using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace SmartCity.Messaging;

/// <summary>PostgreSQL folds unquoted names to lower case: snake_case lets people and plain Npgsql read the tables without quotes.</summary>
internal sealed partial class SnakeCaseNames(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
{
    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);

        // Tables first: the names of columns, keys and indexes derive from them.
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
            if (entity.GetTableName() is { } table && !entity.IsMappedToJson())
                entity.SetTableName(Snake(table));

        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            if (entity.IsMappedToJson())
            {
                entity.SetContainerColumnName(Snake(entity.GetContainerColumnName()!));
                continue;
            }

            Rename(entity, entity);
            foreach (var key in entity.GetKeys()) key.SetName(Snake(key.GetName()));
            foreach (var key in entity.GetForeignKeys()) key.SetConstraintName(Snake(key.GetConstraintName()));
            foreach (var index in entity.GetIndexes()) index.SetDatabaseName(Snake(index.GetDatabaseName()));
        }
    }

    private static void Rename(IMutableTypeBase type, IMutableEntityType owner)
    {
        var table = StoreObjectIdentifier.Create(owner, StoreObjectType.Table);
        foreach (var property in type.GetProperties())
            if ((table is { } known ? property.GetColumnName(known) : property.GetColumnName()) is { } column)
                property.SetColumnName(Snake(column));

        foreach (var complex in type.GetComplexProperties())
            if (complex.ComplexType.GetContainerColumnName() is { } container)
                complex.ComplexType.SetContainerColumnName(Snake(container));
            else
                Rename(complex.ComplexType, owner);
    }

    internal static string? Snake(string? name) => name is null ? null : Humps().Replace(name, "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Humps();
}
