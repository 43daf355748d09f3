using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// The client's key of a write, from the header <c>Idempotency-Key</c>: the same key from the same caller is the same write, however often it is sent.
/// A parameter of this type makes the header required; without it the answer is the problem <c>idempotency_key_missing</c>.
/// </summary>
/// <param name="Value">A UUID made by the client, new for every new write.</param>
public readonly record struct IdempotencyKey(Guid Value)
{
    /// <summary>The header's name.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Binds the parameter of an endpoint.</summary>
    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context, ParameterInfo parameter) =>
        Guid.TryParse(context.Request.Headers[Header], out var key) && key != Guid.Empty
            ? ValueTask.FromResult(new IdempotencyKey(key))
            : throw new MissingKeyException();

    /// <summary>Answered as the problem <c>idempotency_key_missing</c>.</summary>
    internal sealed class MissingKeyException() : Exception("Idempotency-Key is missing or not a UUID.");
}
