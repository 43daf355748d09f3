using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Features.Reports;
using SmartCity.Messaging;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Ratings;

/// <summary>A person says how a finished matter was handled, once a handling; where that was bad, the department has to call back and put it right (GB/T 39735).</summary>
internal static class RateMatter
{
    public static void Map(IEndpointRouteBuilder features)
    {
        features.MapPost("/me/reports/{id:guid}/rating", (Guid id, RateRequest request, Caller caller, Ratings ratings, CancellationToken cancellationToken) =>
                ratings.RateReportAsync(id, report => report.AccountId == caller.AccountId, request, caller, cancellationToken))
            .WithName("RateMyReport")
            .WithTags("Ratings")
            .WithSummary("Rates the last answer to a report of the caller's own, in five levels, once; dissatisfied and veryDissatisfied open a rectification with a call back. The same again changes nothing.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(Examples.RateRequest, Examples.Rating);
        features.MapPost("/desk/reports/{id:guid}/rating", (Guid id, RateRequest request, Caller caller, Ratings ratings, CancellationToken cancellationToken) =>
                ratings.RateReportAsync(id, report => report.AccountId == null, request, caller, cancellationToken))
            .WithName("RateReportAtDesk")
            .WithTags("Reports at the desk")
            .WithSummary("The same for who reported at a desk and has no account.")
            .Allow(Roles.CounterStaff, Roles.GridWorker)
            .WithExample(Examples.RateRequest, Examples.Rating);
        features.MapPost("/me/applications/{id:guid}/rating", (Guid id, RateRequest request, Caller caller, Ratings ratings, CancellationToken cancellationToken) =>
                ratings.RateApplicationAsync(id, request, caller, cancellationToken))
            .WithName("RateMyApplication")
            .WithTags("Ratings")
            .WithSummary("Rates how an application of the caller's own was decided, likewise.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(Examples.RateRequest, Examples.Rating with { Matter = MatterKind.Application });
        features.MapGet("/me/ratings", ListAsync)
            .WithName("ListMyRatings")
            .WithTags("Ratings")
            .WithSummary("The caller's own ratings, newest first, with what became of the bad ones and who opened them.")
            .Allow(Roles.Citizen, Roles.Proxy)
            .WithExample(answer: new Page<RatingView>([Examples.Rating]));
    }

    private static async Task<Results<Ok<Page<RatingView>>, Refusal>> ListAsync(
        [AsParameters] PageQuery page, Caller caller, GovernmentServicesDb db, PersonalData personalData, CityDirectory directory, CancellationToken cancellationToken)
    {
        if (!page.TryGetAfter(out var after)) return PageQuery.InvalidCursor;
        var ratings = db.Ratings.AsNoTracking().Include(rating => rating.Rectification).Where(rating => rating.AccountId == caller.AccountId);
        if (after is { } id) ratings = ratings.Where(rating => rating.Id.CompareTo(id) < 0);
        var rows = await ratings.OrderByDescending(rating => rating.Id).Take(page.Take + 1).ToListAsync(cancellationToken);
        var ids = rows.Select(rating => rating.Id).ToArray();
        var readings = (await db.RatingReadings.AsNoTracking().Where(reading => ids.Contains(reading.RatingId)).OrderBy(reading => reading.Id).ToListAsync(cancellationToken))
            .ToLookup(reading => reading.RatingId, reading => new ReportReadingView(reading.Department, directory.NameOfDepartment(reading.Department), reading.ReadAt));
        RatingView[] views = [.. rows.Select(rating => RatingView.Of(rating, personalData, [.. readings[rating.Id]]))];
        return TypedResults.Ok(Page<RatingView>.From(views, page.Take, view => view.Id.ToString()));
    }
}

/// <summary>Enters ratings: one for each handling of a matter. A rectification that was closed is a handling too.</summary>
internal sealed class Ratings(GovernmentServicesDb db, ServiceCatalogue catalogue, PersonalData personalData, TimeProvider clock)
{
    public async Task<Results<Ok<RatingView>, Refusal>> RateReportAsync(
        Guid id, System.Linq.Expressions.Expression<Func<Report, bool>> theirs, RateRequest request, Caller caller, CancellationToken cancellationToken)
    {
        if (await db.Reports.AsNoTracking().Where(theirs).SingleOrDefaultAsync(report => report.Id == id, cancellationToken) is not { } report) return Refusal.NotFound();
        if (report.AnsweredAt is null) return Refusal.Conflict("matter_not_finished");
        return await RateAsync(MatterKind.Report, id, report.Handling, report.Category, report.Department, report.AccountId, request, caller, cancellationToken);
    }

    public async Task<Results<Ok<RatingView>, Refusal>> RateApplicationAsync(Guid id, RateRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var application = await db.Applications.AsNoTracking().SingleOrDefaultAsync(application => application.Id == id && application.AccountId == caller.AccountId, cancellationToken);
        if (application is null) return Refusal.NotFound();
        if (application.State is not (ApplicationState.Approved or ApplicationState.Refused)) return Refusal.Conflict("matter_not_finished");
        return await RateAsync(
            MatterKind.Application, id, handling: 1, application.Service, catalogue.Of(application).Definition.Department, application.AccountId, request, caller, cancellationToken);
    }

    private async Task<Results<Ok<RatingView>, Refusal>> RateAsync(
        MatterKind matter, Guid id, int handling, string subject, string department, Guid? account, RateRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var hash = personalData.Of(request);
        var earlier = await db.Ratings.AsNoTracking().Include(rating => rating.Rectification)
            .Where(rating => rating.Matter == matter && rating.MatterId == id).OrderByDescending(rating => rating.Id).ToListAsync(cancellationToken);
        var current = handling + earlier.Count(rating => rating.Rectification?.ClosedAt is not null);
        if (earlier.Find(rating => rating.Handling == current) is { } given)
        {
            return given.ActorId == caller.Actor && given.RequestHash.SequenceEqual(hash)
                ? TypedResults.Ok(RatingView.Of(given, personalData, []))
                : Refusal.Conflict("already_rated");
        }

        var now = clock.GetUtcNow();
        var ratingId = Guid.CreateVersion7(now);
        var rating = new Rating
        {
            Id = ratingId, Matter = matter, MatterId = id, Handling = current, Subject = subject, Department = department, AccountId = account, ActorId = caller.Actor,
            Level = request.Level, RequestHash = hash, RatedAt = now,
            SealedComment = request.Comment is { Length: > 0 } comment ? personalData.Seal(comment, ratingId) : null,
            SealedCallBack = request.CallBack is { } number ? personalData.Seal(number, ratingId) : null,
        };
        if (rating.IsBad) rating.OpenRectification();
        db.Add(rating);
        db.Publish(new MatterRated(ratingId, matter.ToString().ToLowerInvariant(), id, current, subject, department, 5 - (int)rating.Level, now), id);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(RatingView.Of(rating, personalData, []));
    }
}

/// <summary>A rating.</summary>
/// <param name="Level">One of five levels.</param>
/// <param name="Comment">Why, at most 1000 characters; for the department that handled it.</param>
/// <param name="CallBack">The number to call back when it was bad: digits, with + in front where it is abroad.</param>
public sealed record RateRequest(
    RatingLevel Level, [property: StringLength(1000)] string? Comment = null, [property: RegularExpression(DeskReportRequest.Number)] string? CallBack = null);

/// <summary>What a person thinks of one handling of their matter.</summary>
/// <param name="Id">The rating.</param>
/// <param name="Matter">A report or an application.</param>
/// <param name="MatterId">Which.</param>
/// <param name="Handling">Which handling of it.</param>
/// <param name="Level">One of five levels.</param>
/// <param name="LevelName">In the caller's language.</param>
/// <param name="RatedAt">When, UTC.</param>
/// <param name="Readings">Which department opened it when.</param>
/// <param name="Comment">Why; absent where nothing was said.</param>
/// <param name="Rectification">What became of a bad one.</param>
public sealed record RatingView(
    Guid Id, MatterKind Matter, Guid MatterId, int Handling, RatingLevel Level, string LevelName, DateTimeOffset RatedAt, IReadOnlyList<ReportReadingView> Readings,
    string? Comment = null, RectificationView? Rectification = null)
{
    internal static RatingView Of(Rating rating, PersonalData personalData, IReadOnlyList<ReportReadingView> readings) => new(
        rating.Id, rating.Matter, rating.MatterId, rating.Handling, rating.Level, Texts.Of(rating.Level), rating.RatedAt, readings,
        rating.SealedComment is { } comment ? personalData.Open(comment, rating.Id) : null,
        rating.Rectification is { } rectification ? RectificationView.Of(rectification, personalData) : null);
}

/// <summary>How what was badly done is put right.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="StateName">In the caller's language.</param>
/// <param name="CallBackBy">Until when the department calls back, UTC.</param>
/// <param name="DueAt">Until when it is put right, UTC.</param>
/// <param name="CalledBackAt">When it called, UTC; absent until then.</param>
/// <param name="ClosedAt">When it was put right, UTC; absent until then.</param>
/// <param name="Call">What was heard in the call.</param>
/// <param name="Result">What was done.</param>
public sealed record RectificationView(
    RectificationState State, string StateName, DateTimeOffset CallBackBy, DateTimeOffset DueAt, DateTimeOffset? CalledBackAt = null, DateTimeOffset? ClosedAt = null,
    string? Call = null, string? Result = null)
{
    internal static RectificationView Of(Rectification one, PersonalData personalData) => new(
        one.State, Texts.Of(one.State), one.CallBackBy, one.DueAt, one.CalledBackAt, one.ClosedAt,
        one.SealedCall is { } call ? personalData.Open(call, one.RatingId) : null,
        one.SealedResult is { } result ? personalData.Open(result, one.RatingId) : null);
}
