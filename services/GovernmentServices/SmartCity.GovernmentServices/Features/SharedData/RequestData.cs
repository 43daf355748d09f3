using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.SharedData;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.SharedData;

/// <summary>A department asks another for its data, and the owner decides by a date; what is overdue, approvers and auditors see as well.</summary>
internal static class RequestData
{
    /// <summary>How long an owner has.</summary>
    public static readonly TimeSpan DecideWithin = TimeSpan.FromDays(5);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/data-assets/{id:guid}/requests", AskAsync)
            .WithName("RequestData")
            .WithTags("Shared data")
            .WithSummary("Asks the owner of registered data for them, on behalf of the caller's department. The owner has five days.")
            .WithExample(
                new DataRequestContent("Planning of test sites", "Law on Infectious Diseases, art. 33", new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)),
                DataRequestView.Example)
            .Allow(Roles.DepartmentOfficer);
        features.MapGet("/department/data-requests", ListOwnAsync)
            .WithName("ListDepartmentDataRequests")
            .WithTags("Shared data")
            .WithSummary("Requests that the caller's department made or has to decide, the last first; all, or one direction: incoming or outgoing.")
            .WithExample(answer: new Page<DataRequestView>([DataRequestView.Example]))
            .Allow(Roles.DepartmentOfficer);
        features.MapGet("/data-requests/overdue", ListOverdueAsync)
            .WithName("ListOverdueDataRequests")
            .WithTags("Shared data")
            .WithSummary("Requests that no owner decided in time, the oldest first.")
            .WithExample(answer: new Page<DataRequestView>([DataRequestView.Example with { State = DataRequestState.Overdue }]))
            .Allow(Roles.Approver, Roles.Auditor);
        features.MapPost("/data-requests/{id:guid}/decision", DecideAsync)
            .WithName("DecideDataRequest")
            .WithTags("Shared data")
            .WithSummary("The owner grants or refuses. The same decision again changes nothing; another one is refused.")
            .WithExample(new DataRequestDecision(Grant: true), DataRequestView.Example with { State = DataRequestState.Granted })
            .Allow(Roles.DepartmentOfficer);
    }

    private static async Task<Results<Created<DataRequestView>, Refusal>> AskAsync(
        Guid id, DataRequestContent content, IdempotencyKey key, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var now = clock.GetUtcNow();
        var hash = personalData.Of((id, content));
        if (await db.DataRequests.AsNoTracking().SingleOrDefaultAsync(known => known.AskedBy == caller.Actor && known.RequestKey == key.Value, cancellationToken) is { } earlier)
        {
            return earlier.RequestHash.SequenceEqual(hash) ? Created(earlier, now) : Refusal.Conflict("idempotency_key_reused", IdempotencyKey.Header);
        }

        if (content.Until <= now || content.Until > now + Longest) return Refusal.Invalid("until_invalid", "until");
        var row = await ReadCatalogue.Registered(db).SingleOrDefaultAsync(row => row.Asset.Id == id, cancellationToken);
        if (row is null) return Refusal.NotFound();
        if (row.Asset.Department == department) return Refusal.Conflict("data_are_yours");

        var request = new DataRequest
        {
            Id = Guid.CreateVersion7(now), AssetId = id, Department = department, Owner = row.Asset.Department, Purpose = content.Purpose, LegalBase = content.LegalBase,
            Until = content.Until, AskedBy = caller.Actor, AskedAt = now, DueAt = now + DecideWithin, RequestKey = key.Value, RequestHash = hash,
        };
        db.Add(request);
        await db.SaveChangesAsync(cancellationToken);
        return Created(request, now);
    }

    private static async Task<Results<Ok<Page<DataRequestView>>, Refusal>> ListOwnAsync(
        Word<Direction>? direction, [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var requests = direction switch
        {
            null => db.DataRequests.Where(request => request.Owner == department || request.Department == department),
            { Value: Direction.Incoming } => db.DataRequests.Where(request => request.Owner == department),
            { Value: Direction.Outgoing } => db.DataRequests.Where(request => request.Department == department),
            _ => throw new InvalidOperationException($"Unknown direction {direction}."),
        };
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        if (after is { } id) requests = requests.Where(request => request.Id.CompareTo(id) < 0);
        return await PageAsync(requests.OrderByDescending(request => request.Id), page, clock, cancellationToken);
    }

    private static async Task<Results<Ok<Page<DataRequestView>>, Refusal>> ListOverdueAsync(
        [AsParameters] PageQuery page, GovernmentServicesDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var now = clock.GetUtcNow();
        var requests = db.DataRequests.Where(request => request.Granted == null && request.DueAt <= now);
        if (after is { } id) requests = requests.Where(request => request.Id.CompareTo(id) > 0);
        return await PageAsync(requests.OrderBy(request => request.Id), page, clock, cancellationToken);
    }

    private static async Task<Results<Ok<Page<DataRequestView>>, Refusal>> PageAsync(
        IQueryable<DataRequest> requests, PageQuery page, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (now, rows) = (clock.GetUtcNow(), await requests.AsNoTracking().Take(page.Take + 1).ToListAsync(cancellationToken));
        DataRequestView[] views = [.. rows.Select(request => DataRequestView.Of(request, now))];
        return TypedResults.Ok(Page<DataRequestView>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<Results<Ok<DataRequestView>, Refusal>> DecideAsync(
        Guid id, DataRequestDecision decision, Caller caller, GovernmentServicesDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        var request = await db.DataRequests.SingleOrDefaultAsync(request => request.Id == id && request.Owner == department, cancellationToken);
        if (request is null) return Refusal.NotFound();
        var now = clock.GetUtcNow();
        if (request.Granted is { } granted)
        {
            return granted == decision.Grant && request.DecidedBy == caller.Actor ? TypedResults.Ok(DataRequestView.Of(request, now)) : Refusal.Conflict("already_decided");
        }

        var sensitivity = (await ReadCatalogue.Registered(db).SingleOrDefaultAsync(row => row.Asset.Id == request.AssetId, cancellationToken))?.Entry.Sensitivity;
        if (decision.Grant && sensitivity is null) return Refusal.Conflict("data_asset_not_registered");
        if (decision.Reason is null && (!decision.Grant || sensitivity == DataSensitivity.Restricted)) return Refusal.Invalid("reason_missing", "reason");

        request.Decide(decision.Grant, decision.Reason, caller.Actor, now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(DataRequestView.Of(request, now));
    }

    private static Created<DataRequestView> Created(DataRequest request, DateTimeOffset now) =>
        TypedResults.Created($"/government-services/v1/data-requests/{request.Id}", DataRequestView.Of(request, now));
}

/// <summary>Which requests of a department are meant.</summary>
public enum Direction
{
    /// <summary>Those it has to decide.</summary>
    Incoming,

    /// <summary>Those it made.</summary>
    Outgoing,
}

/// <summary>A request for data.</summary>
/// <param name="Purpose">What the data are needed for.</param>
/// <param name="LegalBase">The law or rule that allows it.</param>
/// <param name="Until">Until when, exclusive; in the future, at most 366 days ahead.</param>
public sealed record DataRequestContent(
    [property: Required, StringLength(1000)] string Purpose, [property: Required, StringLength(300)] string LegalBase, DateTimeOffset Until);

/// <summary>The owner's decision.</summary>
/// <param name="Grant">Whether the data may be read.</param>
/// <param name="Reason">Needed with a refusal, and with a grant of restricted data.</param>
public sealed record DataRequestDecision(bool Grant, [property: StringLength(1000, MinimumLength = 1)] string? Reason = null);

/// <summary>A request for data.</summary>
/// <param name="Id">The request.</param>
/// <param name="AssetId">What is asked for.</param>
/// <param name="Department">Who asks.</param>
/// <param name="Owner">Who decides.</param>
/// <param name="Purpose">What for.</param>
/// <param name="LegalBase">On what ground.</param>
/// <param name="Until">Until when, exclusive, UTC.</param>
/// <param name="State">Where it stands.</param>
/// <param name="AskedAt">When it was made, UTC.</param>
/// <param name="DueAt">By when it is to be decided, UTC.</param>
/// <param name="DecidedAt">When it was decided, UTC.</param>
/// <param name="Reason">The owner's reason.</param>
public sealed record DataRequestView(
    Guid Id, Guid AssetId, string Department, string Owner, string Purpose, string LegalBase, DateTimeOffset Until, DataRequestState State, DateTimeOffset AskedAt,
    DateTimeOffset DueAt, DateTimeOffset? DecidedAt = null, string? Reason = null)
{
    internal static readonly DataRequestView Example = new(
        Guid.Parse("01985a6e-3f00-7a51-9c9e-6a1f0f8d2b11"), DataAssetEntryView.Example.AssetId, "health-commission", "government-services", "Planning of test sites",
        "Law on Infectious Diseases, art. 33", new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), DataRequestState.Waiting,
        new DateTimeOffset(2026, 3, 3, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 8, 8, 0, 0, TimeSpan.Zero));

    internal static DataRequestView Of(DataRequest request, DateTimeOffset now) => new(
        request.Id, request.AssetId, request.Department, request.Owner, request.Purpose, request.LegalBase, request.Until, request.State(now), request.AskedAt,
        request.DueAt, request.DecidedAt, request.Reason);
}
