using System.Globalization;
using System.Text;
using Markdig;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.EarlyWarning.Data;
using SmartCity.EarlyWarning.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.EarlyWarning.Features;

/// <summary>Officers read the review of a closed event, as data, as Markdown, and as a page that prints; and have it built again when more is known.</summary>
internal static class ReadReviews
{
    // Reports are text that somebody typed: HTML in them stays text.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    private static readonly string[] Readers = [Roles.HealthOfficer, Roles.DepartmentOfficer, Roles.Approver, Roles.Auditor];

    private static readonly ReviewView Example = new(1, new DateTimeOffset(2026, 4, 20, 4, 0, 8, TimeSpan.Zero), new AfterActionReview(
        WorkOnTasks.Example.EventId, "3123N12147E", Exercise: false, "infectious-disease", 1, new DateTimeOffset(2026, 3, 11, 16, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 4, 20, 4, 0, 0, TimeSpan.Zero),
        new Timeliness(new DateTimeOffset(2026, 3, 18, 16, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), null, null), null,
        [new ReviewStep(new DateTimeOffset(2026, 3, 20, 4, 0, 0, TimeSpan.Zero), "event", "The event was opened.", "事件建立。", "/early-warning/v1/events/019b0000-0000-7000-8000-000000000005")], [], [], [], []));

    public static void Map(RouteGroupBuilder features)
    {
        features.MapGet("/events/{id:guid}/review", ShowAsync)
            .WithName("ShowReview").WithTags("Reviews").WithSummary("The newest after-action review of a closed event, built within a minute of its end; every figure with the address of its parts.")
            .WithExample(answer: Example).Allow(Readers);
        features.MapPost("/events/{id:guid}/review", BuildAsync)
            .WithName("BuildReview").WithTags("Reviews").WithSummary("Builds the review of a closed event again, as the next version, from what is known now.")
            .WithExample(answer: Example with { Version = 2 }).Allow(Roles.HealthOfficer);
        features.MapGet("/events/{id:guid}/review/markdown", MarkdownAsync)
            .WithName("ShowReviewAsMarkdown").WithTags("Reviews").WithSummary("The review as Markdown, in the language of Accept-Language.")
            .Produces(StatusCodes.Status200OK, contentType: "text/markdown").WithExample(answer: "# After-action review\n").Allow(Readers);
        features.MapGet("/events/{id:guid}/review/page", PageAsync)
            .WithName("ShowReviewAsPage").WithTags("Reviews").WithSummary("The review as a page that prints, in the language of Accept-Language.")
            .Produces(StatusCodes.Status200OK, contentType: "text/html").WithExample(answer: "<!DOCTYPE html>").Allow(Readers);
    }

    private static async Task<Results<Ok<ReviewView>, Refusal>> ShowAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await NewestAsync(id, db, cancellationToken) is { } kept ? TypedResults.Ok(ReviewView.Of(kept)) : Refusal.NotFound("review_unknown");

    private static async Task<Results<Ok<ReviewView>, Refusal>> BuildAsync(Guid id, EarlyWarningDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Events.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { State: EventState.Closed } happening) return Refusal.NotFound("review_unknown");
        var version = 1 + (await db.Reviews.Where(review => review.EventId == id).MaxAsync(review => (int?)review.Version, cancellationToken) ?? 0);
        var kept = await BuildReviews.BuildAsync(happening, version, db, clock.GetUtcNow(), cancellationToken);
        db.Add(kept);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ReviewView.Of(kept));
    }

    private static async Task<Results<ContentHttpResult, Refusal>> MarkdownAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await TextAsync(id, db, cancellationToken) is { } text ? TypedResults.Content(text, "text/markdown", Encoding.UTF8) : Refusal.NotFound("review_unknown");

    private static async Task<Results<ContentHttpResult, Refusal>> PageAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        await TextAsync(id, db, cancellationToken) is { } text ? TypedResults.Content(ReviewPage.Html(Markdown.ToHtml(text, Pipeline), IsChinese), "text/html", Encoding.UTF8) : Refusal.NotFound("review_unknown");

    // By its name: without ICU a culture does not know its language.
    private static bool IsChinese => CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.Ordinal);

    private static async Task<string?> TextAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken)
    {
        if (await NewestAsync(id, db, cancellationToken) is not { } kept) return null;
        var lessons = await db.Lessons.AsNoTracking().Where(lesson => lesson.EventId == id).OrderBy(lesson => lesson.DueOn).ToListAsync(cancellationToken);
        return ReviewPage.Markdown(kept.Review, lessons, kept.BuiltAt, IsChinese);
    }

    private static Task<KeptReview?> NewestAsync(Guid id, EarlyWarningDb db, CancellationToken cancellationToken) =>
        db.Reviews.AsNoTracking().Where(review => review.EventId == id).OrderByDescending(review => review.Version).FirstOrDefaultAsync(cancellationToken);

    /// <param name="Version">From 1.</param>
    /// <param name="BuiltAt">When, UTC.</param>
    /// <param name="Review">What it says.</param>
    internal sealed record ReviewView(int Version, DateTimeOffset BuiltAt, AfterActionReview Review)
    {
        public static ReviewView Of(KeptReview kept) => new(kept.Version, kept.BuiltAt, kept.Review);
    }
}
