using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using SmartCity.Dashboard;

namespace Aspire.Hosting.Running;

/// <summary>Aspire's names for what a resource may be doing.</summary>
internal enum ResourceState
{
    NotStarted,
    Waiting,
    Starting,
    Running,
    Restarting,
    Stopping,
    Exited,
    Finished,
    FailedToStart,
}

/// <summary>One process of a resource: it is started when what it waits for is healthy, and again when it crashes.</summary>
internal sealed class Instance(Resource resource, int replica, string name, ResourceLog log, Func<Instance, IRunnable> runnable, Func<CancellationToken, Task> dependencies)
{
    private const int StartsBeforeGivingUp = 5;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30), s_stable = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _command = new(1);
    private TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _wanted;
    private Task _run = Task.CompletedTask;
    private IRunnable? _runnable;

    public Resource Resource => resource;

    public int Replica => replica;

    public string Name => name;

    public ResourceLog Log => log;

    public ResourceState State { get; private set; }

    public int Restarts { get; private set; }

    public bool IsHealthy => _healthy.Task.IsCompletedSuccessfully;

    public TimeSpan? TimeToHealthy { get; private set; }

    public int? ProcessId => State is ResourceState.Running or ResourceState.Starting or ResourceState.Stopping ? _runnable?.Process?.Id : null;

    /// <summary>What the process was last started with.</summary>
    public IReadOnlyList<ResourceVariable> Environment => _runnable?.Environment ?? [];

    /// <summary>A project without an endpoint does one thing and ends; its end is no crash.</summary>
    public bool IsTool => resource is ProjectResource && resource.Endpoints.Count == 0;

    /// <summary>Ends at the next moment of health, or fails when there will be none.</summary>
    public Task WhenHealthyAsync(CancellationToken cancellationToken) => _healthy.Task.WaitAsync(cancellationToken);

    public Task StartAsync() => CommandAsync(() =>
    {
        if (!_run.IsCompleted)
            return Task.CompletedTask;
        if (_healthy.Task.IsCompleted)
            _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted = new();
        _run = Task.Run(() => RunAsync(_wanted.Token));
        return Task.CompletedTask;
    });

    public Task StopAsync() => CommandAsync(async () =>
    {
        if (_wanted is not null)
            await _wanted.CancelAsync();
        await _run;
    });

    private async Task CommandAsync(Func<Task> command)
    {
        await _command.WaitAsync();
        try
        {
            await command();
        }
        finally
        {
            _command.Release();
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var end = ResourceState.Exited;
        try
        {
            State = ResourceState.Waiting;
            await dependencies(stop);
            _runnable ??= runnable(this);
            for (var failures = 1; ; failures++)
            {
                var clock = Stopwatch.StartNew();
                var exitCode = await OnceAsync(clock, stop);
                if (IsTool)
                {
                    end = exitCode == 0 ? ResourceState.Finished : ResourceState.FailedToStart;
                    return;
                }

                log.Write($"fail: {name} ended with exit code {exitCode?.ToString() ?? "unknown"}");
                if (TimeToHealthy is null && failures == StartsBeforeGivingUp)
                {
                    end = ResourceState.FailedToStart;
                    return;
                }

                if (clock.Elapsed > s_stable)
                    failures = 1;
                State = ResourceState.Restarting;
                Restarts++;
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(s_longestPause.TotalSeconds, 0.5 * Math.Pow(2, failures - 1))), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping is asked for.
        }
        catch (DistributedApplicationException e)
        {
            // What it waits for does not start, or what it is made of is missing.
            log.Write($"fail: {e.Message}");
            end = ResourceState.FailedToStart;
        }
        finally
        {
            if (_healthy.Task.IsCompleted)
                _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (end == ResourceState.FailedToStart)
                _healthy.TrySetException(new DistributedApplicationException($"{name} does not start.\n{string.Join('\n', log.Last(20))}"));
            State = ResourceState.Stopping;
            if (_runnable is not null)
                await _runnable.StopAsync();
            State = end;
        }
    }

    private async Task<int?> OnceAsync(Stopwatch clock, CancellationToken stop)
    {
        State = ResourceState.Starting;
        try
        {
            await _runnable!.StartAsync(stop);
        }
        catch (Exception e) when (e is not OperationCanceledException and not DistributedApplicationException)
        {
            log.Write($"fail: {name} did not start: {e.Message}");
            return null;
        }

        State = ResourceState.Running;
        var exited = _runnable.Process!.Exited;
        while (!exited.IsCompleted)
        {
            Healthy(await _runnable.IsHealthyAsync(stop), clock);
            await Task.WhenAny(exited, Task.Delay(IsHealthy ? 5000 : 100, stop));
            stop.ThrowIfCancellationRequested();
        }

        Healthy(false, clock);
        return await exited;
    }

    private void Healthy(bool now, Stopwatch clock)
    {
        if (now && !IsHealthy)
        {
            TimeToHealthy ??= clock.Elapsed;
            _healthy.TrySetResult();
        }
        else if (!now && IsHealthy)
        {
            _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
