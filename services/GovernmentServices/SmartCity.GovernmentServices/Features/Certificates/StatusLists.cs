using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Data;
using SmartCity.Signing;

namespace SmartCity.GovernmentServices.Features.Certificates;

/// <summary>The signed lists of what is revoked, made anew at most every half minute: a revocation is public by then.</summary>
internal sealed class StatusLists(IServiceScopeFactory scopes, SigningKeys keys, IOptions<CertificateOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim making = new(1);
    private volatile Dictionary<int, (string Signed, DateTimeOffset MadeAt)> made = [];

    /// <summary>The list; null where no certificate stands in it.</summary>
    public async Task<string?> SignedAsync(int list, CancellationToken cancellationToken)
    {
        if (Fresh(list) is { } known) return known;
        await making.WaitAsync(cancellationToken);
        try
        {
            if (Fresh(list) is { } meanwhile) return meanwhile;
            var now = clock.GetUtcNow();
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GovernmentServicesDb>();
            if (!await db.Certificates.AnyAsync(certificate => certificate.StatusList == list, cancellationToken)) return null;
            var revoked = await db.Certificates.Where(certificate => certificate.StatusList == list && certificate.RevokedAt != null)
                .Select(certificate => certificate.StatusIndex).ToListAsync(cancellationToken);
            var (address, lifetime) = (options.Value.Address, options.Value.StatusLifetime);
            var credential = StatusList.ToCredential($"{address}/status/{list.ToString(CultureInfo.InvariantCulture)}", address, revoked, now, now + lifetime);
            var signed = Jws.Sign(await keys.SignerAsync(cancellationToken), StatusList.JwsType, JsonSerializer.SerializeToUtf8Bytes(credential));
            made = new Dictionary<int, (string, DateTimeOffset)>(made) { [list] = (signed, now) };
            return signed;
        }
        finally
        {
            making.Release();
        }
    }

    private string? Fresh(int list)
    {
        var now = clock.GetUtcNow();
        return made.TryGetValue(list, out var known) && now >= known.MadeAt && now - known.MadeAt < KeepFor ? known.Signed : null;
    }
}
