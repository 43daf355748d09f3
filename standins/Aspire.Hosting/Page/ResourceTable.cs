using System.Text;
using System.Text.Encodings.Web;
using Aspire.Hosting.Running;

namespace Aspire.Hosting.Page;

/// <summary>The page itself: one table, rendered here, no script.</summary>
internal static class ResourceTable
{
    public static string Html(IEnumerable<Instance> instances, ResourceTexts texts)
    {
        var rows = new StringBuilder();
        foreach (var resource in instances.Select(ResourceView.Of))
            AppendRow(rows, resource, texts);

        return $$"""
            <!doctype html>
            <html lang="{{texts.Language}}">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">
            <title>{{texts.Title}} · SmartCity</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1b1b; background: #fff }
            table { border-collapse: collapse; width: 100% }
            th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #ccc }
            pre { margin: 0; max-width: 60ch; max-height: 8em; overflow: auto; font-size: 12px }
            form { display: inline }
            button { font: inherit }
            @media (prefers-color-scheme: dark) { body { color: #eee; background: #1b1b1b } a { color: #9cf } }
            </style>
            </head>
            <body>
            <h1>{{texts.Title}}</h1>
            <table>
            <thead><tr><th scope="col">{{texts.Name}}</th><th scope="col">{{texts.State}}</th><th scope="col">{{texts.Health}}</th><th scope="col">{{texts.Endpoints}}</th><th scope="col">{{texts.Restarts}}</th><th scope="col">{{texts.Process}}</th><th scope="col">{{texts.LastLines}}</th><td></td></tr></thead>
            <tbody>
            {{rows}}</tbody>
            </table>
            </body>
            </html>
            """;
    }

    private static void AppendRow(StringBuilder rows, ResourceView resource, ResourceTexts texts)
    {
        var name = Encode(resource.Name);
        var endpoints = string.Join("<br>", resource.Endpoints.Select(endpoint => $"{Encode(endpoint.Key)} {Encode(endpoint.Value)}"));
        var commands = string.Join(' ', new[] { ("start", texts.Start), ("stop", texts.Stop), ("restart", texts.Restart) }.Select(command =>
            $"<form method=\"post\" action=\"/resources/{Uri.EscapeDataString(resource.Name)}/{command.Item1}\"><button aria-label=\"{command.Item2} {name}\">{command.Item2}</button></form>"));
        rows.AppendLine(
            $"<tr><th scope=\"row\">{name}</th><td>{texts.StateText(resource.State)}</td><td>{(resource.Healthy ? texts.Healthy : texts.Unhealthy)}</td><td>{endpoints}</td>"
            + $"<td>{resource.Restarts}</td><td>{resource.ProcessId}</td><td><pre tabindex=\"0\">{Encode(string.Join('\n', resource.LastLines))}</pre></td><td>{commands}</td></tr>");
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
