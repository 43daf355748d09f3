using System.Text.Json;
using SmartCity.EarlyWarning.Contracts;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.DecisionTables;

namespace SmartCity.GovernmentServices.Data;

/// <summary>
/// Who answers a report and within what time: the decision table <c>Rules/report-routing.json</c> over category, grid cell and handling, read at start. Where it
/// names no department, the category's answers.
/// </summary>
internal sealed class ReportRouting(DecisionTable table, CityDirectory directory)
{
    public ReportRoute RouteOf(string category, string? cell, int handling)
    {
        var facts = new Dictionary<string, object?> { ["category"] = category, ["handling"] = handling };
        if (GridCell.TryParse(cell, out var place)) (facts["south"], facts["west"]) = (place.South, place.West);
        var hit = table.Decide(facts)[0];
        var department = hit["department"] is { ValueKind: JsonValueKind.String } named ? named.GetString()! : directory.ReportCategories[category].Department;
        return new ReportRoute(department, TimeSpan.FromHours(hit["hours"].GetDouble()));
    }

    /// <exception cref="InvalidDataException">The table is wrong, or leaves a report without anybody who answers it.</exception>
    public static ReportRouting Read(string file, CityDirectory directory)
    {
        var table = ServiceCatalogue.ReadOne<DecisionTable>(file);
        var departments = table.Hits.Select(hit => hit["department"]).Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!);
        string[] faults =
        [
            .. departments.Where(department => !directory.Departments.ContainsKey(department)).Select(department => $"There is no department {department}."),
            .. table.Hits.Where(hit => hit["hours"] is not { ValueKind: JsonValueKind.Number } hours || hours.GetDouble() is not (> 0 and <= 2160)).Select(hit => $"Rule {hit.Rule} sets no time."),
            // A table's answer to nothing known at all is the rule that always holds.
            .. table.Decide(new Dictionary<string, object?>()) is [] ? ["No rule holds for every report."] : Array.Empty<string>(),
        ];
        return faults is [] ? new ReportRouting(table, directory) : throw new InvalidDataException($"{file}: {string.Join(" ", faults)}");
    }
}

internal static class ReportRoutingExtensions
{
    public static void AddReportRouting(this WebApplicationBuilder builder) => builder.Services.AddSingleton(provider => ReportRouting.Read(
        builder.Configuration["Directory:ReportRouting"] ?? Path.Combine(AppContext.BaseDirectory, "Rules", "report-routing.json"), provider.GetRequiredService<CityDirectory>()));
}
