using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SmartCity.NativeServers;

/// <summary>What to start: the program, its arguments, its whole environment, where, and as whom.</summary>
/// <param name="Program">Path or name of the program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">The environment; <c>null</c> hands on our own.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Stop">The signal that asks it to stop; also what it gets when we die.</param>
/// <param name="User">The user to drop to; <c>null</c> keeps ours.</param>
public sealed record ChildCommand(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string>? Environment,
    string Directory,
    StopSignal Stop,
    ServerUser? User = null);

/// <summary>The signal by which a program stops cleanly.</summary>
public enum StopSignal
{
    /// <summary>SIGINT: PostgreSQL's fast shutdown.</summary>
    Interrupt = 2,

    /// <summary>SIGTERM: everything else.</summary>
    Terminate = 15,
}

/// <summary>
/// A process that never outlives this one, even when this one is killed with SIGKILL, and that a Ctrl-C in our terminal does not reach
/// (we stop it, in order).
/// </summary>
public sealed class ChildProcess
{
    private const int SigKill = 9, SigCont = 18, SigStop = 19;

    // The kernel's parent-death signal belongs to the thread that forked, so all children are forked by one thread that lives as long as we do.
    private static readonly BlockingCollection<Action> s_forks = StartForkingThread();

    private readonly Process _process;
    private readonly StopSignal _stop;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, StopSignal stop)
    {
        _process = process;
        _stop = stop;
    }

    /// <summary>The process id.</summary>
    public int Id { get; private set; }

    /// <summary>Ends with the exit code when the process has gone.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Starts a process; every line it writes goes to <paramref name="line"/>.</summary>
    public static ChildProcess Start(ChildCommand command, Action<string> line)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(line);

        var process = new Process { StartInfo = StartInfo(command), EnableRaisingEvents = true };
        var child = new ChildProcess(process, command.Stop);
        process.Exited += (_, _) => child._exited.TrySetResult(process.ExitCode);
        process.OutputDataReceived += (_, e) => { if (e.Data is not null) line(e.Data); };
        process.ErrorDataReceived += (_, e) => { if (e.Data is not null) line(e.Data); };

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        s_forks.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        started.Task.GetAwaiter().GetResult();

        child.Id = process.Id;
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Asks the process to stop; after <paramref name="patience"/> it is killed.</summary>
    public async Task StopAsync(TimeSpan patience, CancellationToken cancellationToken = default)
    {
        Signal((int)_stop);
        try
        {
            await Exited.WaitAsync(patience, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await KillAsync();
        }
    }

    /// <summary>SIGKILL: no clean-up, as a crash or the kernel's memory killer would.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await Exited;
    }

    /// <summary>Freezes the process: it holds its connections and answers nothing.</summary>
    public void Pause() => Signal(SigStop);

    /// <summary>Lets a frozen process go on.</summary>
    public void Resume() => Signal(SigCont);

    private void Signal(int signal)
    {
        // A process that was waited for may have lent its id to a stranger.
        if (!Exited.IsCompleted)
            _ = kill(Id, signal);
    }

    private static ProcessStartInfo StartInfo(ChildCommand command)
    {
        var start = new ProcessStartInfo("setpriv")
        {
            WorkingDirectory = command.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (command.Environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in command.Environment)
                start.Environment[name] = value;
        }

        if (command.User is { } user)
            foreach (var option in user.SetprivOptions)
                start.ArgumentList.Add(option);

        // setsid: the terminal's Ctrl-C is for us alone. The shell's comparison closes the gap between fork and setpriv in
        // which we may die; it is bash because dash drops variables with a hyphen in their name, as service discovery has them.
        string[] guard =
        [
            "--pdeathsig", command.Stop == StopSignal.Interrupt ? "INT" : "TERM", "--",
            "setsid", "/bin/bash", "-c", "[ \"$PPID\" = \"$0\" ] && exec \"$@\"", Environment.ProcessId.ToString(), command.Program,
        ];
        foreach (var argument in guard.Concat(command.Arguments))
            start.ArgumentList.Add(argument);
        return start;
    }

    private static BlockingCollection<Action> StartForkingThread()
    {
        var forks = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var fork in forks.GetConsumingEnumerable())
                fork();
        })
        { IsBackground = true, Name = "forks children" }.Start();
        return forks;
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int pid, int signal);
}
