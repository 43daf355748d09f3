using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Ratings;

/// <summary>Everybody sees how people rate each department. Fewer than five ratings of a department are not told: they would tell of persons.</summary>
internal static class CountSatisfaction
{
    private const int Fewest = 5;

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Period = TimeSpan.FromDays(90);

    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/satisfaction", CountAsync)
        .WithName("CountSatisfaction")
        .WithTags("Ratings")
        .WithSummary("Ratings of the last 90 days by department and level, of departments with at least five; the list is short and has one page.")
        .AllowEveryone()
        .WithExample(answer: new Page<SatisfactionView>([new SatisfactionView("public-security", "公安局 / Public Security Bureau", 40, 12, 5, 2, 1, 0.95)]));

    private static async Task<PublicAnswer<Page<SatisfactionView>>> CountAsync(
        GovernmentServicesDb db, CityDirectory directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        var from = clock.GetUtcNow() - Period;
        var counts = (await db.Ratings.Where(rating => rating.RatedAt >= from).GroupBy(rating => new { rating.Department, rating.Level })
            .Select(group => new { group.Key.Department, group.Key.Level, Count = group.Count() }).ToListAsync(cancellationToken)).ToLookup(row => row.Department);
        return new PublicAnswer<Page<SatisfactionView>>(
            new Page<SatisfactionView>(
            [
                .. counts.Where(rows => rows.Sum(row => row.Count) >= Fewest).OrderBy(rows => rows.Key, StringComparer.Ordinal).Select(rows =>
                {
                    int Of(RatingLevel level) => rows.Where(row => row.Level == level).Sum(row => row.Count);
                    var (bad, all) = (Of(RatingLevel.Dissatisfied) + Of(RatingLevel.VeryDissatisfied), rows.Sum(row => row.Count));
                    return new SatisfactionView(
                        rows.Key, directory.NameOfDepartment(rows.Key), Of(RatingLevel.VerySatisfied), Of(RatingLevel.Satisfied), Of(RatingLevel.Acceptable),
                        Of(RatingLevel.Dissatisfied), Of(RatingLevel.VeryDissatisfied), Math.Round((all - bad) / (double)all, 4));
                }),
            ]),
            MaxAge);
    }
}

/// <summary>How people rate a department.</summary>
/// <param name="Department">The department.</param>
/// <param name="DepartmentName">Its name, in the caller's language.</param>
/// <param name="VerySatisfied">Ratings of this level.</param>
/// <param name="Satisfied">Ratings of this level.</param>
/// <param name="Acceptable">Ratings of this level.</param>
/// <param name="Dissatisfied">Ratings of this level.</param>
/// <param name="VeryDissatisfied">Ratings of this level.</param>
/// <param name="ShareNotBad">The share of the first three levels, 0 to 1.</param>
public sealed record SatisfactionView(
    string Department, string DepartmentName, int VerySatisfied, int Satisfied, int Acceptable, int Dissatisfied, int VeryDissatisfied, double ShareNotBad);
