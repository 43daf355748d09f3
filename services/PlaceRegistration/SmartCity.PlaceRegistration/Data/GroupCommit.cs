using System.Threading.Channels;
using Npgsql;

namespace SmartCity.PlaceRegistration.Data;

/// <summary>
/// Requests that write at the same time share one transaction: while a batch is being committed the next one gathers, so nobody waits for a timer,
/// and a lone request is written at once. Everyone is answered after the commit of the batch that holds their items.
/// </summary>
/// <param name="write">Writes the items in one transaction and returns their results in the same order.</param>
/// <param name="personOf">Whose item it is: a person is in a batch by one request only, so that each sees what the other did.</param>
/// <param name="writers">Batches written at the same time.</param>
/// <param name="most">Items in a batch; a single request may have more.</param>
internal sealed class GroupCommit<TItem, TResult>(
    Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> write, Func<TItem, Guid> personOf, int writers, int most)
{
    /// <summary>Requests that may wait; who comes after them waits for room.</summary>
    private const int MostWaiting = 20_000;

    private readonly Channel<Request> waiting = Channel.CreateBounded<Request>(MostWaiting);

    /// <summary>Requests that wait for a batch.</summary>
    public int Waiting => waiting.Reader.Count;

    /// <summary>Returns once the items are committed.</summary>
    public async Task<IReadOnlyList<TResult>> WriteAsync(IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        var request = new Request(items, cancellationToken);
        await waiting.Writer.WriteAsync(request, cancellationToken);
        // What is in a batch is committed or not, whoever still waits for it.
        return await request.Written.Task;
    }

    /// <summary>Writes until stopped; what still waits then is written first.</summary>
    public Task RunAsync(CancellationToken stoppingToken)
    {
        stoppingToken.Register(() => waiting.Writer.TryComplete());
        return Task.WhenAll(Enumerable.Range(0, writers).Select(_ => RunWriterAsync()));
    }

    private async Task RunWriterAsync()
    {
        var later = new List<Request>();
        while (later.Count > 0 || await waiting.Reader.WaitToReadAsync())
        {
            var batch = Gather(ref later);
            if (batch.Count > 0) await WriteAsync(batch);
        }
    }

    private List<Request> Gather(ref List<Request> later)
    {
        var (batch, persons, count, postponed) = (new List<Request>(), new HashSet<Guid>(), 0, new List<Request>());
        foreach (var request in later) Take(request);
        while (count < most && waiting.Reader.TryRead(out var request)) Take(request);
        later = postponed;
        return batch;

        void Take(Request request)
        {
            if (request.IsGivenUp) return;
            if ((count > 0 && count + request.Items.Count > most) || request.Items.Any(item => persons.Contains(personOf(item))))
            {
                postponed.Add(request);
                return;
            }

            batch.Add(request);
            count += request.Items.Count;
            foreach (var item in request.Items) persons.Add(personOf(item));
        }
    }

    private async Task WriteAsync(List<Request> batch)
    {
        try
        {
            IReadOnlyList<TItem> items = batch.Count == 1 ? batch[0].Items : [.. batch.SelectMany(request => request.Items)];
            var results = await write(items, CancellationToken.None);
            var start = 0;
            foreach (var request in batch)
            {
                request.Written.SetResult([.. results.Skip(start).Take(request.Items.Count)]);
                start += request.Items.Count;
            }
        }
        catch (PostgresException fault) when (batch.Count > 1 && !fault.IsTransient)
        {
            // One bad item must not take the others with it.
            foreach (var request in batch) await WriteAsync([request]);
        }
        catch (Exception fault)
        {
            // Whoever waits hears it, and answers for it.
            foreach (var request in batch) request.Written.TrySetException(fault);
        }
    }

    private sealed class Request(IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        public IReadOnlyList<TItem> Items { get; } = items;

        public TaskCompletionSource<IReadOnlyList<TResult>> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Nobody waits any more and nothing is written yet: it never was.</summary>
        public bool IsGivenUp
        {
            get
            {
                if (cancellationToken.IsCancellationRequested) Written.TrySetCanceled(cancellationToken);
                return Written.Task.IsCanceled;
            }
        }
    }
}
