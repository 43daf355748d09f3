using System.Diagnostics;
using System.Runtime.InteropServices;
using Aspire.Hosting.Running;
using SmartCity.NativeServers;

namespace Aspire.Hosting;

public sealed class DistributedApplication : IAsyncDisposable
{
    private readonly City _city;
    private readonly bool _fresh;
    private Stopwatch? _firstSignal;

    internal DistributedApplication(City city, bool fresh)
    {
        _city = city;
        _fresh = fresh;
    }

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until Ctrl-C, SIGTERM or the end of the process that started us (<c>dotnet run</c>, a shell); then stops everything in order.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = StopOn(PosixSignal.SIGINT, ending);
        using var terminate = StopOn(PosixSignal.SIGTERM, ending);
        using var hangUp = StopOn(PosixSignal.SIGHUP, ending);
        _ = StopWithParentAsync(ending);

        try
        {
            await StartAsync(ending.Token);
            await Task.Delay(Timeout.Infinite, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // What was asked for.
        }
        catch (DistributedApplicationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            Environment.ExitCode = 1;
        }
        finally
        {
            await StopAsync(CancellationToken.None);
            await ending.CancelAsync();
        }
    }

    /// <summary>Starts everything and returns when all of it is healthy.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _city.StartAsync(_fresh, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _city.StopAsync();

    public async ValueTask DisposeAsync() => await StopAsync();

    // One wish may come as several signals: from the terminal's process group and again from the program that started us. A signal
    // that comes later wants the end now: we end at once, and the kernel tells the children.
    private PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource ending) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            _firstSignal ??= Stopwatch.StartNew();
            context.Cancel = _firstSignal.Elapsed < TimeSpan.FromSeconds(2);
            ending.Cancel();
        });

    private static async Task StopWithParentAsync(CancellationTokenSource ending)
    {
        await ParentProcess.GoneAsync(ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ending.IsCancellationRequested)
            await ending.CancelAsync();
    }
}
