using System.Globalization;
using System.Text.Json;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.Signing;

namespace SmartCity.Verify;

/// <summary>
/// Checks a certificate of the city with keys and status lists that were fetched or kept earlier, and lets its holder make a version that shows less: both work
/// without a network.
/// </summary>
public static class Certificate
{
    private const int Valid = 0;
    private const int NotValid = 1;
    private const int NotChecked = 2;

    /// <summary>How it is called.</summary>
    public const string Usage = """
        verify certificate FILE --keys FILE|ADDRESS [--status FILE|ADDRESS]... [--at TIME]
        verify certificate FILE --show CLAIM,CLAIM
          FILE      the text of the code, - for standard input
          --keys    the city's keys, for example http://localhost:8080/government-services/v1/keys
          --status  the list that the certificate names; several may be given
          --at      as of when, ISO 8601; now where it is not given
          --show    prints the same certificate with these claims only
        Exit code 0: valid; 1: not valid, or not known whether it was revoked; 2: could not be checked.
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="args">What stands behind <c>certificate</c>.</param>
    /// <param name="http">Fetches what is given as an address.</param>
    /// <param name="output">Says what was found.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, HttpClient http, TextWriter output)
    {
        var options = args.Skip(1).Chunk(2).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        if (args.Length is 0 || args.Length % 2 == 0 || (!options.Contains("--keys") && !options.Contains("--show")))
        {
            await output.WriteLineAsync(Usage);
            return NotChecked;
        }

        try
        {
            var text = (args[0] == "-" ? await Console.In.ReadToEndAsync() : await File.ReadAllTextAsync(args[0])).Trim();
            if (options["--show"].FirstOrDefault() is { } show)
            {
                await output.WriteLineAsync(CertificateCredential.Present(text, show.Split(',')));
                return Valid;
            }

            var keys = JsonSerializer.Deserialize<KeySet>(await ReadAsync(options["--keys"].Last(), http), JsonSerializerOptions.Web)!.Keys;
            var lists = new List<StatusList>();
            foreach (var place in options["--status"])
            {
                if (StatusList.Verify((await ReadAsync(place, http)).Trim(), keys) is { } list) lists.Add(list);
                else await output.WriteLineAsync($"{place} is no status list that the city signed.");
            }

            var at = options["--at"].LastOrDefault() is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : TimeProvider.System.GetUtcNow();
            var check = CertificateCredential.Verify(text, keys, lists, at);
            await output.WriteLineAsync(check.Verdict.ToString());
            if (check.Statement is { } statement)
            {
                await output.WriteLineAsync($"{statement.Type} {statement.Number}");
                await output.WriteLineAsync($"issued by {statement.IssuerName}, valid from {statement.ValidFrom:O} until {statement.ValidUntil?.ToString("O") ?? "further notice"}");
                foreach (var (claim, value) in check.Claims!) await output.WriteLineAsync($"{claim}: {value}");
                if (check.Verdict == CertificateVerdict.StatusUnknown) await output.WriteLineAsync($"Fetch {statement.StatusList} and give it as --status.");
            }

            return check.Verdict == CertificateVerdict.Valid ? Valid : NotValid;
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or JsonException or FormatException)
        {
            await output.WriteLineAsync(fault.Message);
            return NotChecked;
        }
    }

    private static Task<string> ReadAsync(string place, HttpClient http) =>
        place.StartsWith("http", StringComparison.Ordinal) ? http.GetStringAsync(new Uri(place)) : File.ReadAllTextAsync(place);
}
