using Microsoft.Net.Http.Headers;

namespace Aspire.Hosting.Page;

/// <summary>The page's words in the two languages of the city.</summary>
internal sealed record ResourceTexts(
    string Language, string Title, string Name, string State, string Health, string Healthy, string Unhealthy, string Endpoints, string Restarts,
    string Process, string LastLines, string Start, string Stop, string Restart, IReadOnlyDictionary<string, string> States)
{
    private static readonly ResourceTexts s_english = new(
        "en", "Resources", "Name", "State", "Health", "healthy", "not healthy", "Endpoints", "Restarts", "Process", "Last lines", "Start", "Stop", "Restart",
        new Dictionary<string, string> { ["NotStarted"] = "not started", ["FailedToStart"] = "failed to start" });

    private static readonly ResourceTexts s_chinese = new(
        "zh-CN", "资源", "名称", "状态", "健康状况", "健康", "不健康", "端点", "重启次数", "进程", "最近日志", "启动", "停止", "重启",
        new Dictionary<string, string>
        {
            ["NotStarted"] = "未启动", ["Waiting"] = "等待中", ["Starting"] = "启动中", ["Running"] = "运行中", ["Restarting"] = "重启中",
            ["Stopping"] = "停止中", ["Exited"] = "已退出", ["Finished"] = "已完成", ["FailedToStart"] = "启动失败",
        });

    public static ResourceTexts For(IList<string?> acceptLanguage)
    {
        var wishes = StringWithQualityHeaderValue.TryParseList([.. acceptLanguage.OfType<string>()], out var parsed) ? parsed : [];
        var first = wishes.OrderByDescending(wish => wish.Quality ?? 1).Select(wish => wish.Value.ToString())
            .FirstOrDefault(wish => wish.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || wish.StartsWith("en", StringComparison.OrdinalIgnoreCase));
        return first?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? s_chinese : s_english;
    }

    public string StateText(string state) => States.GetValueOrDefault(state) ?? state.ToLowerInvariant();
}
