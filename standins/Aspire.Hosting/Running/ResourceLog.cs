using System.Text.RegularExpressions;
using SmartCity.Dashboard;

namespace Aspire.Hosting.Running;

/// <summary>What a process has said: the last lines in memory, all of it in a file, what matters on the console.</summary>
internal sealed partial class ResourceLog(string name, string directory, bool echoAll)
{
    private const int LinesKept = 2000;
    private const long FileLimit = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly string _file = Path.Combine(directory, $"{name}.log");
    private StreamWriter? _writer;
    private bool _inTrouble;
    private long _written;

    public string[] Last(int count)
    {
        lock (_gate)
            return [.. _lines.TakeLast(count)];
    }

    /// <summary>What came after a line of a number, as far as it is in memory.</summary>
    public ConsoleLines Since(long after)
    {
        lock (_gate)
            return new(_written, [.. _lines.TakeLast((int)Math.Clamp(_written - after, 0, _lines.Count))]);
    }

    /// <summary>The files, the older one first.</summary>
    public IReadOnlyList<string> Files => [.. new[] { _file + ".1", _file }.Where(File.Exists)];

    public void Write(string line)
    {
        bool echo;
        lock (_gate)
        {
            _lines.Enqueue(line);
            _written++;
            if (_lines.Count > LinesKept)
                _lines.Dequeue();

            // A message's further lines are indented and share its fate.
            _inTrouble = Trouble().IsMatch(line) || (_inTrouble && line.StartsWith("      ", StringComparison.Ordinal));
            echo = echoAll || _inTrouble;
            Writer().WriteLine(line);
        }

        if (echo)
            Console.WriteLine($"{name} | {line}");
    }

    private StreamWriter Writer()
    {
        if (_writer?.BaseStream.Length > FileLimit)
        {
            _writer.Dispose();
            _writer = null;
            File.Move(_file, _file + ".1", overwrite: true);
        }

        return _writer ??= new(_file, append: true) { AutoFlush = true };
    }

    // .NET's console logger and an unhandled exception. A server's complaints are about its callers; its own trouble ends it, which we say.
    [GeneratedRegex("^(warn|fail|crit): |^Unhandled exception")]
    private static partial Regex Trouble();
}
