using Grpc.Core;
using Microsoft.Extensions.Caching.Memory;
using SmartCity.HealthCode.Contracts.V1;
using SmartCity.ServiceDefaults;
using CodeColor = SmartCity.HealthCode.Contracts.CodeColor;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>A person as the health department knows them now.</summary>
internal sealed record PersonStatus(Guid CitizenId, CodeColor Color);

/// <summary>
/// Asks the health department who somebody is and what their colour is. Whatever it cannot say is a refusal: nobody is let in on a guess.
/// </summary>
internal sealed partial class People(HealthCodes.HealthCodesClient healthCodes, ILogger<People> logger)
{
    private const int MostRemembered = 100_000;

    /// <summary>A pseudonym never changes, so asking once is enough for what needs no colour. In memory only: no table links accounts to visits.</summary>
    private readonly MemoryCache pseudonyms = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    public Task<(PersonStatus? Status, Refusal? Refusal)> StatusOfAsync(Guid accountId, Purpose purpose, CancellationToken cancellationToken) =>
        AskAsync(new GetStatusRequest { AccountId = accountId.ToString(), Purpose = purpose }, Refusal.Conflict("health_code_missing"), accountId, cancellationToken);

    /// <param name="credential">What the person's QR code says.</param>
    public Task<(PersonStatus? Status, Refusal? Refusal)> StatusOfAsync(string credential, CancellationToken cancellationToken) =>
        AskAsync(
            new GetStatusRequest { Credential = credential, Purpose = Purpose.Admission }, Refusal.Invalid("credential_invalid", "credential"),
            accountId: null, cancellationToken);

    /// <summary>The pseudonym of the person whose account it is.</summary>
    public async Task<(Guid CitizenId, Refusal? Refusal)> CitizenOfAsync(Guid accountId, Purpose purpose, CancellationToken cancellationToken)
    {
        if (pseudonyms.TryGetValue(accountId, out Guid known)) return (known, null);
        var (status, refusal) = await StatusOfAsync(accountId, purpose, cancellationToken);
        return (status?.CitizenId ?? Guid.Empty, refusal);
    }

    private async Task<(PersonStatus? Status, Refusal? Refusal)> AskAsync(
        GetStatusRequest request, Refusal unknown, Guid? accountId, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await healthCodes.GetStatusAsync(request, cancellationToken: cancellationToken);
            var citizenId = Guid.Parse(reply.CitizenId);
            if (accountId is { } account) pseudonyms.Set(account, citizenId, new MemoryCacheEntryOptions { Size = 1 });
            return (new PersonStatus(citizenId, ColorOf(reply.Color)), null);
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
