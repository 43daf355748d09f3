using System.Text.Json;

namespace Conformance.Tests;

/// <summary>One published case; <paramref name="Miss"/> answers null when we agree with it, otherwise what differs.</summary>
internal sealed record Case(string Name, Func<string?> Miss);

/// <summary>A case that is wrong itself, with the reason: a miss there is expected.</summary>
internal sealed record FaultyCase(string Subject, string Case, string Reason);

/// <summary>All cases of one standard or source: prints <c>subject: N of M</c> and fails on any miss that faulty.json does not explain.</summary>
internal static class Subject
{
    private const int ShownMisses = 20;

    private static readonly FaultyCase[] Faulty = JsonSerializer.Deserialize<FaultyCase[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "faulty.json")), JsonSerializerOptions.Web)!;

    public static void Run(string subject, IEnumerable<Case> cases) => Run(subject, cases, Faulty, Console.Out);

    internal static void Run(string subject, IEnumerable<Case> cases, IEnumerable<FaultyCase> faulty, TextWriter output)
    {
        var reasons = faulty.Where(entry => entry.Subject == subject).ToDictionary(entry => entry.Case, entry => entry.Reason);
        var misses = new List<string>();
        var (total, agreed) = (0, 0);
        foreach (var (name, check) in cases)
        {
            total++;
            var miss = MissOf(check);
            var listed = reasons.TryGetValue(name, out var reason);
            if (miss is null)
                agreed++;
            else if (!listed)
                misses.Add($"{name}: {miss}");
            if (listed)
                output.WriteLine($"{subject}: {name} is listed as faulty ({reason}){(miss is null ? " but passes: take it off the list" : "")}");
        }

        output.WriteLine($"{subject}: {agreed} of {total}");
        total.ShouldBeGreaterThan(0, $"{subject}: the folder holds no case");
        misses.ShouldBeEmpty($"{subject}: {misses.Count} of {total} missed:\n{string.Join('\n', misses.Take(ShownMisses))}");
    }

    private static string? MissOf(Func<string?> check)
    {
        try
        {
            return check();
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}
