using System.Threading.Channels;

namespace SmartCity.GovernmentServices.Data;

/// <summary>What is asked cannot be written from here at the moment: nothing of it is known to be written, and it is safe to ask again.</summary>
internal sealed class NotWritableException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>
/// Carries out orders in batches, one after the other: all that came while the last batch was committed are the next one, so that many share an fsync.
/// When a batch fails it is over, because nobody knows what of it is written: what it had in memory is thrown away and read anew.
/// </summary>
/// <typeparam name="TOrder">What is ordered.</typeparam>
/// <typeparam name="TAnswer">What is answered, after the commit.</typeparam>
internal sealed class GroupCommit<TOrder, TAnswer>
{
    /// <summary>Longer transactions would make those in them wait without serving more of them a second.</summary>
    private const int LargestBatch = 1000;

    private readonly Channel<(TOrder Order, TaskCompletionSource<TAnswer> Done)> orders =
        Channel.CreateUnbounded<(TOrder, TaskCompletionSource<TAnswer>)>(new UnboundedChannelOptions { SingleReader = true });

    public GroupCommit(Func<TOrder[], Task<TAnswer[]>> carryOut) => Running = RunAsync(carryOut);

    /// <summary>Ends when nothing is taken any more.</summary>
    public Task Running { get; }

    /// <exception cref="NotWritableException">Try again.</exception>
    public Task<TAnswer> AskAsync(TOrder order)
    {
        var done = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!orders.Writer.TryWrite((order, done))) done.SetException(new NotWritableException("The writer has ended."));
        return done.Task;
    }

    /// <summary>Takes no more orders; those it has are carried out.</summary>
    public void Close() => orders.Writer.TryComplete();

    private async Task RunAsync(Func<TOrder[], Task<TAnswer[]>> carryOut)
    {
        var batch = new List<(TOrder Order, TaskCompletionSource<TAnswer> Done)>();
        try
        {
            while (await orders.Reader.WaitToReadAsync())
            {
                while (batch.Count < LargestBatch && orders.Reader.TryRead(out var order)) batch.Add(order);
                var answers = await carryOut([.. batch.Select(order => order.Order)]);
                for (var index = 0; index < answers.Length; index++) batch[index].Done.SetResult(answers[index]);
                batch.Clear();
                // Behind those who were just answered and ask again at once: batches stay full without anybody waiting for a clock.
                await Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
            }
        }
        // Whatever it was: nobody may wait for ever for a writer that has ended.
        catch (Exception fault)
        {
            orders.Writer.TryComplete();
            while (orders.Reader.TryRead(out var order)) batch.Add(order);
            foreach (var order in batch) order.Done.TrySetException(new NotWritableException(fault.Message, fault));
        }
    }
}
