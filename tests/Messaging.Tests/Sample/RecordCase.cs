using System.Diagnostics;
using MassTransit;

namespace SmartCity.Messaging.Tests.Sample;

/// <summary>A consumer on EF, as a service writes it. Internal: the assembly scan must find it all the same.</summary>
internal sealed class RecordCase(SampleDb db, Disturbance disturbance) : IConsumer<CaseNoted>
{
    public async Task Consume(ConsumeContext<CaseNoted> context)
    {
        if (!await db.EnterInboxAsync(context)) return;

        var (patient, number, _) = context.Message;
        var file = await db.PatientFiles.FindAsync([patient], context.CancellationToken);
        if (file is null) db.Add(file = new PatientFile { Patient = patient });
        file.Newest = Math.Max(file.Newest, number);
        db.Add(new HeardCase { Patient = patient, Number = number, TraceId = Activity.Current?.TraceId.ToString() });
        await disturbance.BeforeCommit(context.Message);
        await db.SaveChangesAsync(context.CancellationToken);
    }
}

/// <summary>What a test does to a consumer just before it commits.</summary>
internal sealed record Disturbance(Func<CaseNoted, Task> BeforeCommit)
{
    public static readonly Disturbance None = new(_ => Task.CompletedTask);
}
