using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SmartCity.Dashboard.Alerts;

/// <summary>
/// The alert book as rules for Prometheus, for a city that has one. Its scrape jobs are named for the services, and metrics have the names that
/// the services' <c>/metrics</c> gives them. Strings are written as JSON, which is YAML.
/// </summary>
internal static class PrometheusRules
{
    public static string Write(AlertBook book)
    {
        var text = new StringBuilder("# Made from docs/operations/alerts.json; a test says how to make it anew.\ngroups:\n  - name: smartcity-objectives\n    rules:\n");
        foreach (var objective in book.Objectives)
        {
            foreach (var rate in book.BurnRates)
                Append(text, objective.Alert, Burning(objective, rate), TimeSpan.Zero, rate.Severity, objective.Page, objective.En, objective.Zh);
        }

        text.Append("  - name: smartcity-thresholds\n    rules:\n");
        foreach (var threshold in book.Thresholds)
        {
            var selector = threshold.Metric == Threshold.Up ? "up" : $"{MetricName(threshold.Metric)}{Selector(threshold.Where ?? new Dictionary<string, string>())}";
            var bound = threshold.Above is { } above ? $"> {Number(above)}" : $"< {Number(threshold.Below!.Value)}";
            Append(text, threshold.Alert, $"{selector} {bound}", threshold.For, threshold.Severity, threshold.Page, threshold.En, threshold.Zh);
        }

        return text.ToString();
    }

    private static string Burning(Objective objective, BurnRate rate)
    {
        var bound = Number(rate.Burn * (1 - objective.Goal));
        return $"({Bad(objective, rate.Long)}) / ({All(objective, rate.Long)}) > {bound} and ({Bad(objective, rate.Short)}) / ({All(objective, rate.Short)}) > {bound} and ({Bad(objective, rate.Long)}) >= 5";
    }

    private static string All(Objective objective, TimeSpan window) => $"sum(increase(http_server_request_duration_seconds_count{Requests(objective)}[{Time(window)}]))";

    private static string Bad(Objective objective, TimeSpan window) => objective.Within is { } within
        ? $"{All(objective, window)} - sum(increase(http_server_request_duration_seconds_bucket{Requests(objective, $"le=\"{Number(within)}\"")}[{Time(window)}]))"
        : $"sum(increase(http_server_request_duration_seconds_count{Requests(objective, "http_response_status_code=~\"5..\"")}[{Time(window)}]))";

    private static string Requests(Objective objective, string? more = null)
    {
        List<string> labels = [$"job=\"{objective.Service}\""];
        if (objective.Method is not null) labels.Add($"http_request_method=\"{objective.Method}\"");
        labels.Add(objective.Route is null ? "http_route!~\"/health/.*\"" : $"http_route=\"{objective.Route}\"");
        if (more is not null) labels.Add(more);
        return $"{{{string.Join(',', labels)}}}";
    }

    private static string Selector(IReadOnlyDictionary<string, string> where) =>
        where.Count == 0 ? "" : $"{{{string.Join(',', where.Select(pair => $"{pair.Key}=\"{pair.Value}\""))}}}";

    // Only the unit of seconds becomes part of a name; what stands in braces is a remark.
    private static string MetricName(string metric) => metric.Replace('.', '_') + (metric == "smartcity.outbox.age" ? "_seconds" : "");

    private static void Append(StringBuilder text, string alert, string expression, TimeSpan holds, string severity, string page, string en, string zh) =>
        text.Append(CultureInfo.InvariantCulture, $"""
                  - alert: {alert}
                    expr: {JsonSerializer.Serialize(expression, s_plain)}
                    for: {Time(holds)}
                    labels:
                      severity: {severity}
                    annotations:
                      summary: {JsonSerializer.Serialize(en, s_plain)}
                      summary_zh: {JsonSerializer.Serialize(zh, s_plain)}
                      runbook: docs/operations/{page}.md

            """);

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Time(TimeSpan time) => time.TotalHours >= 1 ? $"{time.TotalHours:0}h" : time.TotalMinutes >= 1 ? $"{time.TotalMinutes:0}m" : $"{time.TotalSeconds:0}s";

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
