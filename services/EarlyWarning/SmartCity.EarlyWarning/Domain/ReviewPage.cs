using System.Globalization;
using System.Net;
using System.Text;

namespace SmartCity.EarlyWarning.Domain;

/// <summary>A review as people read it: Markdown, and a page that prints, in either language. Every figure links to its parts.</summary>
internal static class ReviewPage
{
    /// <summary>The review as Markdown.</summary>
    public static string Markdown(AfterActionReview review, IReadOnlyList<Lesson> lessons, DateTimeOffset builtAt, bool zh)
    {
        string T(string english, string chinese) => zh ? chinese : english;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {T("After-action review", "复盘报告")}{(review.Exercise ? T(" (drill)", "（演练）") : "")}\n\n");
        Table(text, [T("what", "项目"), T("value", "内容")],
        [
            [T("event", "事件"), Linked(review.EventId.ToString(), $"/early-warning/v1/events/{review.EventId}")],
            [T("area", "区域"), Escape(review.Area)],
            [T("period", "时段"), $"{Local(review.From)} – {Local(review.To)}"],
            [T("plan", "预案"), review.Hazard is null ? T("no response was started", "未启动响应") : $"{Escape(review.Hazard)} {review.PlanVersion}"],
            [T("built", "生成时间"), Local(builtAt)],
        ]);

        text.Append(CultureInfo.InvariantCulture, $"## {T("Times: 7-1-7", "时效：7-1-7")}\n\n");
        var times = $"/early-warning/v1/events/{review.EventId}/timeliness";
        Table(text, [T("step", "环节"), T("allowed, days", "要求（天）"), T("taken, days", "实际（天）")],
        [
            [T("detect", "发现"), "7", Linked(Number(review.Times.ToDetect), times)],
            [T("notify", "通报"), "1", Linked(Number(review.Times.ToNotify), times)],
            [T("respond", "处置"), "7", Linked(Number(review.Times.ToRespond), times)],
        ]);

        text.Append(CultureInfo.InvariantCulture, $"## {T("What detection knew when", "监测何时知晓")}\n\n");
        Table(text, [T("known at", "知晓时间"), T("signal", "信号"), T("area", "区域"), T("day", "日期"), T("observed", "观测值"), T("up to this was ordinary", "正常上限"), T("days after the first day", "距首日（天）")],
            review.Alarms.Select(alarm => (string[])[Local(alarm.RaisedAt), $"{alarm.Stream} ({Escape(alarm.Detector)})", Escape(alarm.Area), Day(alarm.Day), Linked(Number(alarm.Observed), alarm.Link), Number(alarm.UpperBound), Number(alarm.DaysAfterFirstDay)]));

        text.Append(CultureInfo.InvariantCulture, $"## {T("Departments: times against plan", "各部门：计划与实际")}\n\n");
        Table(text, [T("department", "部门"), T("tasks", "任务"), T("done", "完成"), T("noted in time", "按时签收"), T("done in time", "按时完成"), T("escalated", "升级")],
            review.Departments.Select(row => (string[])[Escape(row.Department), Linked($"{row.Asked}", row.Link), $"{row.Done}", $"{row.NotedInTime}", $"{row.DoneInTime}", $"{row.Escalated}"]));

        text.Append(CultureInfo.InvariantCulture, $"## {T("What was asked and what was done", "要求与落实")}\n\n");
        Table(text, [T("department", "部门"), T("asked", "要求"), T("minutes to note (allowed)", "签收分钟（限）"), T("minutes to finish (allowed)", "完成分钟（限）"), T("last report", "最近报告")],
            review.Tasks.Select(task => (string[])
            [
                Escape(task.Department), Linked(Escape(zh ? task.Zh : task.En), task.Link), $"{Number(task.MinutesToNote)} ({Number(task.MinutesAllowedToNote)})",
                $"{Number(task.MinutesToFinish)} ({Number(task.MinutesAllowedToFinish)})", Escape(task.LastReport ?? "–"),
            ]));

        text.Append(CultureInfo.InvariantCulture, $"## {T("Timeline", "时间线")}\n\n");
        Table(text, [T("when", "时间"), T("what", "事项")], review.Steps.Select(step => (string[])[Local(step.At), Linked(Escape(zh ? step.Zh : step.En), step.Link)]));

        text.Append(CultureInfo.InvariantCulture, $"## {T("Counts by day", "每日计数")}\n\n");
        Table(text, [T("day", "日期"), T("what", "类别"), T("count", "数量")],
            review.Days.Select(day => (string[])[Day(day.Day), $"{KindName(day.Kind, zh)}{(day.Subject is null ? "" : $" {Escape(day.Subject)}")}", Linked($"{day.Count}", day.Link)]));

        text.Append(CultureInfo.InvariantCulture, $"## {T("Lessons", "改进项")}\n\n");
        Table(text, [T("change", "改进"), T("to", "对象"), T("owner", "责任部门"), T("due", "期限"), T("state", "状态")],
            lessons.Select(lesson => (string[])[Linked(Escape(zh ? lesson.Zh : lesson.En), $"/early-warning/v1/lessons/{lesson.Id}"), $"{lesson.Target} {Escape(lesson.TargetKey)} {lesson.TargetVersion}", Escape(lesson.Owner), Day(lesson.DueOn), $"{lesson.State}"]));
        return text.ToString();
    }

    /// <summary>A whole page around a body that was made from the Markdown.</summary>
    public static string Html(string body, bool zh) => $$"""
        <!DOCTYPE html>
        <html lang="{{(zh ? "zh-CN" : "en")}}"><head><meta charset="utf-8"><title>{{(zh ? "复盘报告" : "After-action review")}}</title>
        <style>
        body { font: 11pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #111; background: #fff }
        table { border-collapse: collapse; width: 100%; margin: 0 0 1.5em } th, td { border: 1px solid #888; padding: .25em .5em; text-align: left; vertical-align: top } th { background: #eee }
        a { color: #0645ad } @media print { body { margin: 0; max-width: none; font-size: 9.5pt } a { color: #111; text-decoration: none } tr { break-inside: avoid } h2 { break-after: avoid } thead { display: table-header-group } }
        </style></head><body>
        {{body}}
        </body></html>
        """;

    private static void Table(StringBuilder text, string[] heads, IEnumerable<string[]> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", heads)} |\n|{string.Concat(heads.Select(_ => "---|"))}\n");
        foreach (var row in rows) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        text.Append('\n');
    }

    private static string Linked(string text, string link) => $"[{text}]({link})";

    /// <summary>What people wrote is text: neither Markdown nor HTML of theirs has any effect.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in WebUtility.HtmlEncode(text.ReplaceLineEndings(" ")))
        {
            if (letter is '|' or '[' or ']' or '*' or '_' or '`' or '\\' or '!' or '~' or '#' && !escaped.ToString().EndsWith('&')) escaped.Append('\\');
            escaped.Append(letter);
        }

        return escaped.ToString();
    }

    private static string Number(double? value) => value is { } number ? Math.Round(number, 2).ToString(CultureInfo.InvariantCulture) : "–";

    private static string Local(DateTimeOffset moment) => moment.ToOffset(CityDay.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string KindName(TimelineKind kind, bool zh) => kind switch
    {
        TimelineKind.Case => zh ? "确诊病例" : "cases",
        TimelineKind.Exposure => zh ? "暴露" : "exposures",
        TimelineKind.CodeChanges => zh ? "健康码变化" : "changes of codes to",
        TimelineKind.Report => zh ? "市民诉求" : "reports",
        TimelineKind.Bulletin => zh ? "通报" : "bulletins",
        TimelineKind.Application => zh ? "办件" : "applications",
        TimelineKind.Bookings => zh ? "预约" : "bookings of",
        _ => kind.ToString(),
    };
}
