using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Ratings;

/// <summary>A department puts right what people rated badly: it calls back within a day, hears what went wrong, and says within fifteen what was done.</summary>
internal static class Rectifications
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapGet("/department/rectifications", ListAsync)
            .WithName("ListRectifications")
            .WithTags("Ratings")
            .WithSummary("What the caller's own department has to put right, oldest first; all, or one state: open, calledBack or closed.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: new Page<RectificationSummary>([Examples.RectificationSummary]));
        features.MapGet("/department/rectifications/{id:guid}", OpenAsync)
            .WithName("OpenRectification")
            .WithTags("Ratings")
            .WithSummary("A bad rating of the caller's own department, with its comment and the number to call back. That it was opened is recorded, and its author can see that.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(answer: Examples.DepartmentRectification);
        features.MapPost("/department/rectifications/{id:guid}/call-back", CallBackAsync)
            .WithName("RecordCallBack")
            .WithTags("Ratings")
            .WithSummary("Records the call back and what was heard. Once; the same again changes nothing.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(new RectifyRequest("市民说灯只修好了一盏。 / Only one of the lights had been mended."), Examples.RectificationSummary with { State = RectificationState.CalledBack });
        features.MapPost("/department/rectifications/{id:guid}/completion", CloseAsync)
            .WithName("CloseRectification")
            .WithTags("Ratings")
            .WithSummary("Closes a rectification after the call back, with what was done, for its author to read and to rate. Once; the same again changes nothing.")
            .Allow(Roles.DepartmentOfficer)
            .WithExample(new RectifyRequest("其余路灯已修好。 / The others have been mended."), Examples.RectificationSummary with { State = RectificationState.Closed });
    }

    private static async Task<Results<Ok<Page<RectificationSummary>>, Refusal>> ListAsync(
        Word<RectificationState>? state, [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var ratings = db.Ratings.AsNoTracking().Include(rating => rating.Rectification).Where(rating => rating.Rectification!.Department == department);
        if (state is { Value: var wanted })
        {
            ratings = wanted switch
            {
                RectificationState.Open => ratings.Where(rating => rating.Rectification!.CalledBackAt == null && rating.Rectification.ClosedAt == null),
                RectificationState.CalledBack => ratings.Where(rating => rating.Rectification!.CalledBackAt != null && rating.Rectification.ClosedAt == null),
                _ => ratings.Where(rating => rating.Rectification!.ClosedAt != null),
            };
        }

        if (after is { } id) ratings = ratings.Where(rating => rating.Id.CompareTo(id) > 0);
        var rows = await ratings.OrderBy(rating => rating.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        RectificationSummary[] views = [.. rows.Select(RectificationSummary.Of)];
        return TypedResults.Ok(Page<RectificationSummary>.From(views, page.Take, view => view.Id.ToString()));
    }

    private static async Task<Results<Ok<DepartmentRectification>, Refusal>> OpenAsync(
        Guid id, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await FindAsync(db, id, department, cancellationToken) is not { } rating) return Refusal.NotFound();
        var now = clock.GetUtcNow();
        db.Add(new RatingReading { Id = Guid.CreateVersion7(now), RatingId = id, Department = department, OfficerId = caller.Actor, ReadAt = now });
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new DepartmentRectification(
            RectificationSummary.Of(rating), RectificationView.Of(rating.Rectification!, personalData),
            rating.SealedComment is { } comment ? personalData.Open(comment, id) : null, rating.SealedCallBack is { } number ? personalData.Open(number, id) : null));
    }

    private static async Task<Results<Ok<RectificationSummary>, Refusal>> CallBackAsync(
        Guid id, RectifyRequest request, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await FindAsync(db, id, department, cancellationToken) is not { Rectification: { } rectification } rating) return Refusal.NotFound();
        if (rectification.SealedCall is { } said)
            return rectification.CalledBackBy == caller.Actor && personalData.Open(said, id) == request.Text ? TypedResults.Ok(RectificationSummary.Of(rating)) : Refusal.Conflict("already_called_back");
        rectification.CallBack(personalData.Seal(request.Text, id), caller.Actor, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(RectificationSummary.Of(rating));
    }

    private static async Task<Results<Ok<RectificationSummary>, Refusal>> CloseAsync(
        Guid id, RectifyRequest request, Caller caller, GovernmentServicesDb db, PersonalData personalData, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Department is not { } department) return Refusal.Forbidden("department_missing");
        if (await FindAsync(db, id, department, cancellationToken) is not { Rectification: { } rectification } rating) return Refusal.NotFound();
        if (rectification.SealedResult is { } done)
            return rectification.ClosedBy == caller.Actor && personalData.Open(done, id) == request.Text ? TypedResults.Ok(RectificationSummary.Of(rating)) : Refusal.Conflict("rectification_closed");
        if (rectification.CalledBackAt is null) return Refusal.Conflict("call_back_missing");
        rectification.Close(personalData.Seal(request.Text, id), caller.Actor, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(RectificationSummary.Of(rating));
    }

    private static Task<Rating?> FindAsync(GovernmentServicesDb db, Guid id, string department, CancellationToken cancellationToken) =>
        db.Ratings.Include(rating => rating.Rectification).SingleOrDefaultAsync(rating => rating.Id == id && rating.Rectification!.Department == department, cancellationToken);
}

/// <summary>A bad rating in a department's list: neither whose it is nor what they wrote.</summary>
/// <param name="Id">The rating.</param>
/// <param name="Matter">A report or an application.</param>
/// <param name="MatterId">Which.</param>
/// <param name="Subject">Its category or service.</param>
/// <param name="Level">The level.</param>
/// <param name="State">How far it has come.</param>
/// <param name="RatedAt">When it was rated, UTC.</param>
/// <param name="CallBackBy">Until when to call back, UTC.</param>
/// <param name="DueAt">Until when to put it right, UTC.</param>
public sealed record RectificationSummary(
    Guid Id, MatterKind Matter, Guid MatterId, string Subject, RatingLevel Level, RectificationState State, DateTimeOffset RatedAt, DateTimeOffset CallBackBy, DateTimeOffset DueAt)
{
    internal static RectificationSummary Of(Rating rating) => new(
        rating.Id, rating.Matter, rating.MatterId, rating.Subject, rating.Level, rating.Rectification!.State, rating.RatedAt, rating.Rectification.CallBackBy, rating.Rectification.DueAt);
}

/// <summary>A bad rating as an officer reads it.</summary>
/// <param name="Rating">In short.</param>
/// <param name="Rectification">How far it has come.</param>
/// <param name="Comment">Why it was bad; absent where nothing was said.</param>
/// <param name="CallBack">The number to call back; absent where none was left.</param>
public sealed record DepartmentRectification(RectificationSummary Rating, RectificationView Rectification, string? Comment = null, string? CallBack = null);

/// <summary>What was heard or done.</summary>
/// <param name="Text">At most 2000 characters, for the author of the rating to read.</param>
public sealed record RectifyRequest([property: Required, StringLength(2000)] string Text);
