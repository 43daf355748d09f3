using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.Identity.Features.People;

/// <summary>The section <c>PhoneCodes</c>: how a code reaches its phone, and how many may be asked for.</summary>
internal sealed class PhoneCodeSettings
{
    public const string Section = "PhoneCodes";

    /// <summary>Writes codes to the service's log, until the city connects its message centre there.</summary>
    public bool ShowInLog { get; init; }

    /// <summary>Gives codes to whoever asks: for demonstrations and tests, as it makes every phone everybody's.</summary>
    public bool ShowInAnswer { get; init; }

    /// <summary>Codes for one phone in a day. Together with the tries of a code it bounds guessing: 50 of 1,000,000 in a day.</summary>
    [Range(1, 1000)]
    public int MaxPerPhoneAndDay { get; init; } = 10;

    /// <summary>Codes for one address in an hour; many people may share one.</summary>
    [Range(1, 10_000_000)]
    public int MaxPerAddressAndHour { get; init; } = 200;
}

/// <summary>Sends a one-time code to a phone; whether an account has it is not said.</summary>
internal static partial class RequestPhoneCode
{
    private const string TooMany = "phone_codes_too_many";

    public static void Map(IEndpointRouteBuilder features) => features.MapPost("/phone-codes", HandleAsync)
        .AllowEveryone()
        .WithName("RequestPhoneCode").WithTags("People").WithSummary("Sends a one-time code to a phone, to sign in with.")
        .WithExample(new Request("13800000001"), new Response(300, null));

    private static async Task<Results<Accepted<Response>, Refusal>> HandleAsync(
        Request request, HttpContext context, IdentityDb db, PersonalData personalData, IOptions<PhoneCodeSettings> settings,
        [FromKeyedServices(RealTime.Key)] TimeProvider realTime, ILogger<PhoneCode> logger, CancellationToken cancellationToken)
    {
        if (!Phone.TryParse(request.Phone, out var phone)) return Refusal.Invalid("format_invalid", "phone");
        var now = realTime.GetUtcNow();
        var phoneHash = personalData.Lookup(phone.Value);
        var addressHash = personalData.Lookup($"address:{context.Connection.RemoteIpAddress}");

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // One at a time for each phone, or requests side by side would not see each other's codes.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({BinaryPrimitives.ReadInt64BigEndian(phoneHash)})", cancellationToken);

        if (await WaitAsync(db.PhoneCodes.Where(code => code.PhoneHash == phoneHash), TimeSpan.FromDays(1), settings.Value.MaxPerPhoneAndDay, now, cancellationToken) is { } day)
        {
            return TooManyUntil(context, day);
        }

        if (await WaitAsync(db.PhoneCodes.Where(code => code.AddressHash == addressHash), TimeSpan.FromHours(1), settings.Value.MaxPerAddressAndHour, now, cancellationToken) is { } hour)
        {
            return TooManyUntil(context, hour);
        }

        var (kept, code) = PhoneCode.Create(phoneHash, addressHash, personalData, now);
        db.PhoneCodes.Add(kept);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        if (settings.Value.ShowInLog) CodeSent(logger, code, phone.Masked);
        return TypedResults.Accepted((string?)null, new Response((int)PhoneCode.Lifetime.TotalSeconds, settings.Value.ShowInAnswer ? code : null));
    }

    /// <summary>How long until one more is allowed; null where it is.</summary>
    private static async Task<TimeSpan?> WaitAsync(IQueryable<PhoneCode> sent, TimeSpan window, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var blocking = await sent.Where(code => code.SentAt > now - window).OrderByDescending(code => code.SentAt)
            .Skip(most - 1).Select(code => (DateTimeOffset?)code.SentAt).FirstOrDefaultAsync(cancellationToken);
        return blocking + window - now;
    }

    private static Refusal TooManyUntil(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new Refusal(TooMany, StatusCodes.Status429TooManyRequests);
    }

    [LoggerMessage(LogLevel.Information, "The sign-in code {Code} was sent to {MaskedPhone}")]
    private static partial void CodeSent(ILogger logger, string code, string maskedPhone);

    /// <param name="Phone">E.164 (+8613800000000), or the eleven digits of a mobile of the Chinese mainland.</param>
    internal sealed record Request([Required, RegularExpression(Domain.Phone.Pattern)] string Phone);

    /// <param name="ExpiresIn">Seconds.</param>
    /// <param name="Code">Only where the city is set up for demonstrations.</param>
    internal sealed record Response(int ExpiresIn, string? Code);
}
