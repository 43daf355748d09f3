using System.Text.Json;

namespace SmartCity.Portal.Calls;

/// <summary>What a service answered: the value, or the problem that says why not. One of both is null, or both before anything was answered; a 204 is a value of its own kind.</summary>
public sealed record Answer<T>(T? Value, Problem? Problem)
{
    public Answer(Problem problem) : this(default, problem)
    {
    }

    public bool Succeeded => Problem is null;
}

/// <summary>An answer of which only the success matters.</summary>
public sealed record Nothing;

/// <summary>An RFC 9457 problem, as the services write it: in the language of the person, and with the field that is wrong.</summary>
public sealed record Problem(int Status, string Code, string? Title, string? Detail = null, IReadOnlyList<FieldProblem>? Errors = null, string? TraceId = null)
{
    public static Problem SessionEnded { get; } = new(StatusCodes.Status401Unauthorized, "session_ended", null);

    /// <summary>What is wrong with a field; null where nothing is. Services name fields as their JSON does.</summary>
    public string? Of(string field) => Errors?.FirstOrDefault(error => string.Equals(error.Field, field, StringComparison.OrdinalIgnoreCase))?.Message;

    /// <summary>Reads what a service, or something on the way to it, answered instead of a success.</summary>
    internal static async Task<Problem> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var status = (int)answer.StatusCode;
        try
        {
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            using var json = JsonDocument.Parse(text);
            // OAuth's refusals are problems of another form, with the same stable code.
            if (json.RootElement.TryGetProperty("error", out _)) return OfOAuth(status, json.RootElement);
            return JsonSerializer.Deserialize<Problem>(text, City.Json) ?? Unreadable(status);
        }
        catch (JsonException)
        {
            return Unreadable(status);
        }
    }

    private static Problem OfOAuth(int status, JsonElement refusal) => new(
        status,
        refusal.TryGetProperty("code", out var code) ? code.GetString()! : refusal.GetProperty("error").GetString()!,
        refusal.TryGetProperty("message", out var message) ? message.GetString() : null);

    private static Problem Unreadable(int status) => new(status, "unreadable", null);
}

/// <summary>What is wrong with one field.</summary>
public sealed record FieldProblem(string? Field, string Code, string Message);

/// <summary>A page of a list, as the services answer it.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? Next = null);
