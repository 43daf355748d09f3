namespace SmartCity.Gateway.Cache;

/// <summary>Holds back a body that may be kept, or may have to be replaced; everything else goes through as it comes.</summary>
/// <param name="response">The answer, whose headers are known when its body begins.</param>
/// <param name="outward">Where a body goes that is not held back.</param>
/// <param name="all">Whether to hold back whatever comes.</param>
internal sealed class Capture(HttpResponse response, Stream outward, bool all) : Stream
{
    private const int MostBytes = 1024 * 1024;

    private MemoryStream? held;
    private bool decided;

    /// <summary>The body, where it was held back.</summary>
    public byte[]? Body => decided ? held?.ToArray() : [];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!decided)
        {
            decided = true;
            if (all || KeptAnswer.MayBeKept(response, out _)) held = new MemoryStream();
        }

        if (held is not null && held.Length + buffer.Length <= MostBytes)
        {
            held.Write(buffer.Span);
            return;
        }

        if (held is not null)
        {
            // Too large to be kept: what was held back goes first.
            await outward.WriteAsync(held.ToArray(), cancellationToken);
            held = null;
        }

        await outward.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => decided && held is null ? outward.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
