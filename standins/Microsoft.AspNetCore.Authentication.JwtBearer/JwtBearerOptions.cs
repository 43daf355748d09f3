using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

public static class JwtBearerDefaults
{
    public const string AuthenticationScheme = "Bearer";
}

public class JwtBearerOptions : AuthenticationSchemeOptions
{
    public JwtBearerOptions() => Events = new JwtBearerEvents();

    public bool RequireHttpsMetadata { get; set; } = true;

    public string? Authority { get; set; }

    public string? Audience { get; set; }

    /// <summary>The discovery document; by default the well-known one of <see cref="Authority"/>.</summary>
    public string MetadataAddress { get; set; } = null!;

    public string Challenge { get; set; } = JwtBearerDefaults.AuthenticationScheme;

    public new JwtBearerEvents Events
    {
        get => (JwtBearerEvents)base.Events!;
        set => base.Events = value;
    }

    public HttpMessageHandler? BackchannelHttpHandler { get; set; }

    public HttpClient Backchannel { get; set; } = null!;

    public TimeSpan BackchannelTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Keys are read again at this age.</summary>
    public TimeSpan AutomaticRefreshInterval { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Keys are read again for an unknown key id at most once in this time.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(5);

    public bool RefreshOnIssuerKeyNotFound { get; set; } = true;

    public TokenValidationParameters TokenValidationParameters { get; set; } = new();

    public bool SaveToken { get; set; } = true;

    public bool IncludeErrorDetails { get; set; } = true;

    public bool MapInboundClaims { get; set; } = true;

    internal TokenVerifier Verifier { get; set; } = null!;

    public override void Validate()
    {
        base.Validate();
        if (MapInboundClaims)
            throw new InvalidOperationException("Set MapInboundClaims = false: claims keep the names that the token gives them.");
        if (RefreshInterval < TimeSpan.FromSeconds(1) || AutomaticRefreshInterval < TimeSpan.FromMinutes(5))
            throw new InvalidOperationException("RefreshInterval is at least 1 second, AutomaticRefreshInterval at least 5 minutes.");
        TokenValidationParameters.Validate();
    }
}
