using System.Runtime.InteropServices;

namespace SmartCity.NativeServers;

/// <summary>The process that started this one.</summary>
public static class ParentProcess
{
    /// <summary>Ends when that process has gone, however it went. A process without a parent of its own waits for ever.</summary>
    public static async Task GoneAsync(CancellationToken cancellationToken = default)
    {
        var parent = getppid();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await timer.WaitForNextTickAsync(cancellationToken))
            if (getppid() != parent)
                return;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getppid();
}
