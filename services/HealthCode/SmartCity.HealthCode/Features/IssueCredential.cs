using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>
/// A person gets the signed code that they show: as text, as a QR code in SVG or in PNG. It verifies with the published keys alone. Within seconds
/// they get the same again; while the database is away, the last one signed anew, which says when its colour was read.
/// </summary>
internal static class IssueCredential
{
    /// <summary>How long a database that does not answer may keep somebody waiting who has a code to show.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="Text">The content of the QR code.</param>
    /// <param name="Color">The colour that it says.</param>
    /// <param name="IssuedAt">When, UTC.</param>
    /// <param name="ValidUntil">When it is worthless, exclusive, UTC: get a new one before.</param>
    /// <param name="AsOf">When the colour was read from the records, UTC; only where they cannot be reached now.</param>
    public sealed record Credential(string Text, CodeColor Color, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil, DateTimeOffset? AsOf = null);

    /// <summary>What every form of the code is made from.</summary>
    public readonly record struct Desk(
        Caller Caller, HttpContext Http, HealthCodeDb Db, CredentialKeys Keys, KeptCodes Kept, PolicyBook Policies, TimeProvider Clock, IOptions<JsonOptions> Json);

    public static void Map(RouteGroupBuilder me)
    {
        var issued = new DateTimeOffset(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);
        me.MapGet("/credential", ([AsParameters] Desk desk, CancellationToken cancellationToken) => IssueAsync(desk, kept => new Shown(kept, desk.Clock.GetUtcNow()), cancellationToken))
            .WithName("GetMyCredential")
            .WithSummary("My signed code as text, valid for 10 minutes. Answers If-None-Match with 304; Age says how long ago its colour was read")
            .Produces<Credential>()
            .Produces(StatusCodes.Status304NotModified)
            .WithExample(answer: new Credential("SC1:6BFOXN*TS0BI$ZD-PHQJQH", CodeColor.Green, issued, issued.AddMinutes(10)))
            .Allow(Roles.Citizen, Roles.Proxy);
        me.MapGet("/qr.svg", ([AsParameters] Desk desk, CancellationToken cancellationToken) =>
                IssueAsync(desk, kept => NotStored(desk, TypedResults.Content(QrPicture.Svg(kept.Credential.Text), "image/svg+xml")), cancellationToken))
            .WithName("GetMyQrSvg")
            .WithSummary("My signed code as a QR code, SVG")
            .Produces(StatusCodes.Status200OK, contentType: "image/svg+xml")
            .Allow(Roles.Citizen, Roles.Proxy);
        me.MapGet("/qr.png", ([AsParameters] Desk desk, CancellationToken cancellationToken) =>
                IssueAsync(desk, kept => NotStored(desk, TypedResults.Bytes(QrPicture.Png(kept.Credential.Text), "image/png")), cancellationToken))
            .WithName("GetMyQrPng")
            .WithSummary("My signed code as a QR code, PNG")
            .Produces(StatusCodes.Status200OK, contentType: "image/png")
            .Allow(Roles.Citizen, Roles.Proxy);
    }

    private static async Task<Results<TForm, Refusal>> IssueAsync<TForm>(Desk desk, Func<KeptCode, TForm> form, CancellationToken cancellationToken)
        where TForm : IResult
    {
        var (account, now) = (desk.Caller.AccountId, desk.Clock.GetUtcNow());
        var last = desk.Kept.LastOf(account);
        if (last is null || !desk.Kept.IsFresh(last, now))
        {
            if (desk.Policies.InForce(now) is null) return PolicyBook.NotLoaded;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (last is not null) patience.CancelAfter(Patience);
            try
            {
                if (await CurrentCode.FindAsync(desk.Db, desk.Policies, person => person.AccountId == account, now, patience.Token) is not { RegisteredAt: not null } citizen)
                {
                    desk.Kept.Forget(account);
                    return Refusal.NotFound("not_registered");
                }

                last = Sign(desk, citizen.Id, citizen.Code.Color, citizen.Code.ValidUntil, now, asOf: null);
            }
            catch (Exception fault) when (last is not null && (DatabaseFault.Is(fault) || fault is OperationCanceledException) && !cancellationToken.IsCancellationRequested)
            {
                // Nothing can have changed since in records that nobody can write; what changed between that look and the failure, the age tells of.
                last = Sign(desk, last.Citizen, last.Color, last.ColorUntil, now, asOf: last.ReadAt);
            }

            desk.Kept.Keep(account, last);
        }

        if (desk.Caller.ActorId is null) desk.Kept.Remember(desk.Http, account);
        return form(last);
    }

    private static KeptCode Sign(Desk desk, Domain.CitizenId citizen, CodeColor color, DateTimeOffset colorUntil, DateTimeOffset now, DateTimeOffset? asOf)
    {
        var (text, payload) = desk.Keys.Sign(citizen, color, colorUntil, now, asOf);
        var credential = new Credential(text, color, payload.IssuedAt, payload.ValidUntil, asOf);
        var body = JsonSerializer.SerializeToUtf8Bytes(credential, desk.Json.Value.SerializerOptions);
        return new KeptCode(citizen, color, colorUntil, asOf ?? now, now, credential, body, $"\"{payload.CodeId:N}\"");
    }

    private static TForm NotStored<TForm>(Desk desk, TForm form)
    {
        desk.Http.Response.Headers.CacheControl = "no-store";
        return form;
    }

    private sealed class Shown(KeptCode kept, DateTimeOffset now) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => KeptCodes.WriteAsync(httpContext, kept, now);
    }
}
