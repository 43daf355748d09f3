using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;

namespace SmartCity.ServiceDefaults;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">Give this back as <c>after</c> for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null)
{
    /// <summary>Makes a page from one row more than was asked for: that row is the sign that there is more.</summary>
    /// <param name="rows">The rows read, up to <paramref name="limit"/> + 1, in order.</param>
    /// <param name="limit">How many the caller asked for.</param>
    /// <param name="cursor">What identifies a row to the query that continues after it.</param>
    public static Page<T> From(IReadOnlyList<T> rows, int limit, Func<T, string> cursor) =>
        rows.Count > limit ? new Page<T>([.. rows.Take(limit)], cursor(rows[limit - 1])) : new Page<T>(rows);
}

/// <summary>What a caller may say about the page they want. Bind with <c>[AsParameters]</c>.</summary>
/// <param name="Limit">How many, 1 to 100; 50 if absent.</param>
/// <param name="After">The value of <c>next</c> from the page before; absent for the first page.</param>
/// <remarks>The rules stand on the properties: from a constructor's parameters the OpenAPI document cannot read them (InvalidCastException in 10.0).</remarks>
public sealed record PageQuery(
    [property: FromQuery(Name = "limit"), Range(1, 100)] int? Limit, [property: FromQuery(Name = "after"), StringLength(200)] string? After)
{
    /// <summary>How many to give.</summary>
    public int Take => Limit ?? 50;

    /// <summary>The cursor as the id of the last row seen.</summary>
    /// <param name="id">The id; null for the first page.</param>
    /// <returns>False where there is a cursor that is not an id: answer with <c>cursor_invalid</c>.</returns>
    public bool TryGetAfter(out Guid? id)
    {
        id = Guid.TryParse(After, out var parsed) ? parsed : null;
        return After is null || id is not null;
    }

    /// <summary>The refusal of a cursor that is not one of ours.</summary>
    public static Refusal InvalidCursor { get; } = Refusal.Invalid("cursor_invalid", "after");
}
