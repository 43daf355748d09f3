using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>What the provider publishes at one moment.</summary>
internal sealed record ProviderSnapshot(string? Issuer, IReadOnlyList<SecurityKey> Keys);

internal sealed class SigningKeysUnavailableException() : Exception("The signing keys could not be read yet");

/// <summary>The provider's issuer name and keys, read from its discovery document; the last good ones hold while it is down.</summary>
internal sealed partial class ProviderKeys(JwtBearerOptions options, ILogger logger)
{
    // A provider that has never answered is asked again soon, not after RefreshInterval: services start in any order.
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile ProviderSnapshot? _current;
    private DateTimeOffset _attempted;
    private DateTimeOffset _loaded;
    private DateTimeOffset _forced;

    private DateTimeOffset Now => (options.TimeProvider ?? TimeProvider.System).GetUtcNow();

    public async ValueTask<ProviderSnapshot> GetAsync(CancellationToken cancellationToken)
    {
        // Without keys every request waits for the one that reads them; with keys the others go on with the old ones.
        var patience = _current is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
        if ((_current is null || Due()) && await _reading.WaitAsync(patience, cancellationToken))
            await ReadAndReleaseAsync(Due);
        return _current ?? throw new SigningKeysUnavailableException();
    }

    /// <summary>Reads again because <paramref name="known"/> lacks a key id; at most once per RefreshInterval, since anybody can make up ids.</summary>
    public async ValueTask<ProviderSnapshot> GetNewerThanAsync(ProviderSnapshot known, CancellationToken cancellationToken)
    {
        if (options.RefreshOnIssuerKeyNotFound && ReferenceEquals(known, _current))
        {
            await _reading.WaitAsync(cancellationToken);
            await ReadAndReleaseAsync(() => ReferenceEquals(known, _current) && MayForce());
        }
        return _current ?? known;
    }

    private bool Due()
    {
        var now = Now;
        return _current is null
            ? now - _attempted >= FirstRetry
            : now - _loaded >= options.AutomaticRefreshInterval && now - _attempted >= options.RefreshInterval;
    }

    private bool MayForce()
    {
        var now = Now;
        if (now - _forced < options.RefreshInterval)
            return false;
        _forced = now;
        return true;
    }

    private async Task ReadAndReleaseAsync(Func<bool> stillNeeded)
    {
        try
        {
            if (!stillNeeded())
                return;
            _attempted = Now;
            _current = await LoadAsync();
            _loaded = _attempted;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException or ArgumentException)
        {
            KeysNotRead(options.MetadataAddress, failure);
        }
        finally
        {
            _reading.Release();
        }
    }

    // Others wait for the answer too, so the caller's own cancellation does not end the reading; the backchannel's timeout does.
    private async Task<ProviderSnapshot> LoadAsync()
    {
        using var document = StrictJson.Object(await options.Backchannel.GetByteArrayAsync(options.MetadataAddress, CancellationToken.None));
        var issuer = StrictJson.String(document.RootElement, "issuer");
        var address = StrictJson.String(document.RootElement, "jwks_uri");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (options.RequireHttpsMetadata && uri.Scheme != Uri.UriSchemeHttps))
            throw new JsonException("jwks_uri is no usable address");

        var keySet = Encoding.UTF8.GetString(await options.Backchannel.GetByteArrayAsync(uri, CancellationToken.None));
        var keys = new JsonWebKeySet(keySet).GetSigningKeys();
        return keys.Count > 0
            ? new ProviderSnapshot(issuer, [.. keys])
            : throw new JsonException("The key set holds no ES256 signing key");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signing keys were not read from {Address}; the last good ones hold")]
    private partial void KeysNotRead(string address, Exception failure);
}
