using CodeColor = SmartCity.HealthCode.Contracts.CodeColor;
using Grpc.Core;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person as the health department knew them at some moment.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="SampledAt">Sample of the newest negative result.</param>
/// <param name="ValidUntil">The status ends then by itself.</param>
/// <param name="SeenAt">When the department said so.</param>
internal sealed record PersonStatus(Guid CitizenId, CodeColor Color, long Version, DateTimeOffset? SampledAt, DateTimeOffset ValidUntil, DateTimeOffset SeenAt)
{
    /// <summary>Who is only named: history asks for no colour.</summary>
    public static PersonStatus OfName(Guid citizenId) => new(citizenId, CodeColor.Unspecified, 0, null, default, default);
}

/// <summary>
/// Asks the health department who somebody is and what their colour is. Whatever it cannot say is a refusal: nobody is let in on a guess. An answer is
/// remembered for a while: <see cref="VisitLog"/> notices when it is outdated, and then it is asked for afresh.
/// </summary>
internal sealed partial class People(
    HealthCodes.HealthCodesClient healthCodes, ScannedPersons.ScannedPersonsClient scannedPersons, IOptions<VisitLimits> limits, TimeProvider clock, ILogger<People> logger)
{
    private const int MostRemembered = 200_000;

    /// <summary>As many as the department takes at once.</summary>
    private const int MostAtOnce = 500;

    /// <summary>Characters of codes that fit into one message.</summary>
    private const int LongestAtOnce = 200_000;

    /// <summary>A pseudonym never changes, so asking once is enough for what needs no colour. In memory only: no table links accounts to visits.</summary>
    private readonly MemoryCache pseudonyms = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    private readonly MemoryCache statuses = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    /// <param name="accountId">Whose.</param>
    /// <param name="fresh">What is remembered will not do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<(PersonStatus? Status, Refusal? Refusal)> StatusOfAsync(Guid accountId, bool fresh, CancellationToken cancellationToken) =>
        !fresh && pseudonyms.TryGetValue(accountId, out Guid citizenId) && Remembered(citizenId) is { } known
            ? Task.FromResult<(PersonStatus?, Refusal?)>((known, null))
            : AskAsync(new GetStatusRequest { AccountId = accountId.ToString(), Purpose = Purpose.Admission }, Refusal.Conflict("health_code_missing"), accountId, cancellationToken);

    /// <summary>Of somebody who was found before.</summary>
    public Task<(PersonStatus? Status, Refusal? Refusal)> StatusOfCitizenAsync(Guid citizenId, bool fresh, CancellationToken cancellationToken) =>
        !fresh && Remembered(citizenId) is { } known
            ? Task.FromResult<(PersonStatus?, Refusal?)>((known, null))
            : AskAsync(new GetStatusRequest { CitizenId = citizenId.ToString(), Purpose = Purpose.Admission }, Refusal.Conflict("health_code_missing"), null, cancellationToken);

    /// <param name="credential">What the person's QR code says; whether it is genuine and not too old, the department decides each time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<(PersonStatus? Status, Refusal? Refusal)> StatusOfAsync(string credential, CancellationToken cancellationToken) =>
        AskAsync(
            new GetStatusRequest { Credential = credential, Purpose = Purpose.Admission }, Refusal.Invalid("credential_invalid", "credential"),
            accountId: null, cancellationToken);

    /// <summary>The pseudonym of the person whose account it is.</summary>
    public async Task<(Guid CitizenId, Refusal? Refusal)> CitizenOfAsync(Guid accountId, Purpose purpose, CancellationToken cancellationToken)
    {
        if (pseudonyms.TryGetValue(accountId, out Guid known)) return (known, null);
        var (status, refusal) = await AskAsync(
            new GetStatusRequest { AccountId = accountId.ToString(), Purpose = purpose }, Refusal.Conflict("health_code_missing"), accountId, cancellationToken);
        return (status?.CitizenId ?? Guid.Empty, refusal);
    }

    /// <summary>Whom scans are of, in order: a pseudonym, or the code of what is wrong.</summary>
    public async Task<(IReadOnlyList<FoundPerson>? Found, Refusal? Refusal)> FindAsync(IReadOnlyList<ScannedPerson> persons, CancellationToken cancellationToken)
    {
        try
        {
            var found = new List<FoundPerson>(persons.Count);
            while (found.Count < persons.Count)
            {
                var length = 0;
                ScannedPerson[] some = [.. persons.Skip(found.Count).Take(MostAtOnce).TakeWhile((person, index) => (length += person.Credential.Length) <= LongestAtOnce || index == 0)];
                var reply = await scannedPersons.FindPersonsAsync(new FindPersonsRequest { Persons = { some } }, cancellationToken: cancellationToken);
                found.AddRange(reply.Persons);
            }

            return (found, null);
        }
        catch (RpcException fault) when (!cancellationToken.IsCancellationRequested)
        {
            HealthCodeDidNotAnswer(fault.StatusCode);
            return (null, Refusal.Unavailable("health_code_unavailable"));
        }
    }

    private PersonStatus? Remembered(Guid citizenId)
    {
        var now = clock.GetUtcNow();
        return statuses.TryGetValue(citizenId, out PersonStatus? known) && now - known!.SeenAt < limits.Value.StatusLifetime && now >= known.SeenAt && now < known.ValidUntil ? known : null;
    }

    private async Task<(PersonStatus? Status, Refusal? Refusal)> AskAsync(
        GetStatusRequest request, Refusal unknown, Guid? accountId, CancellationToken cancellationToken)
    {
        // Before it is asked: what changes while it answers counts as later.
        var now = clock.GetUtcNow();
        try
        {
            var reply = await healthCodes.GetStatusAsync(request, cancellationToken: cancellationToken);
            var status = new PersonStatus(
                Guid.Parse(reply.CitizenId), ColorOf(reply.Color), reply.Version, reply.LastNegativeSampleAt?.ToDateTimeOffset(), reply.ValidUntil.ToDateTimeOffset(), now);
            if (accountId is { } account) pseudonyms.Set(account, status.CitizenId, new MemoryCacheEntryOptions { Size = 1 });
            if (limits.Value.StatusLifetime > TimeSpan.Zero) statuses.Set(status.CitizenId, status, new MemoryCacheEntryOptions { Size = 1 });
            return (status, null);
        }
        catch (RpcException fault) when (fault.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            return (null, unknown);
        }
        catch (RpcException fault) when (!cancellationToken.IsCancellationRequested)
        {
            HealthCodeDidNotAnswer(fault.StatusCode);
            return (null, Refusal.Unavailable("health_code_unavailable"));
        }
    }

    private static CodeColor ColorOf(SmartCity.HealthCode.Contracts.V1.CodeColor color) => color switch
    {
        SmartCity.HealthCode.Contracts.V1.CodeColor.Green => CodeColor.Green,
        SmartCity.HealthCode.Contracts.V1.CodeColor.Yellow => CodeColor.Yellow,
        SmartCity.HealthCode.Contracts.V1.CodeColor.Red => CodeColor.Red,
        _ => CodeColor.Unspecified,
    };

    [LoggerMessage(LogLevel.Warning, "The health department gave no status: {Status}")]
    private partial void HealthCodeDidNotAnswer(StatusCode status);
}
