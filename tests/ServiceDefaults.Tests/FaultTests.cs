using System.Data.Common;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.ServiceDefaults.Tests;

/// <summary>What becomes of exceptions that leave a handler.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_fault_of_ours_tells_nothing_but_the_trace_to_ask_for()
    {
        await using var app = await ThrowingAsync(() => new InvalidDataException("the password is swordfish"));
        using var client = app.Client();
        client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var answer = await client.GetAsync("act");

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "internal_error");
        problem["traceId"]!.GetValue<string>().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        problem.ToJsonString().ShouldNotContain("swordfish");
        problem.ToJsonString().ShouldNotContain(nameof(InvalidDataException));
    }

    [Fact]
    public async Task A_database_that_is_away_for_a_moment_is_503_and_says_when_to_come_back()
    {
        await using var app = await ThrowingAsync(() => new InvalidOperationException("Retries are used up.", new DatabaseException(sqlState: null, isTransient: true)));
        using var client = app.Client();

        using var answer = await client.GetAsync("act");

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "temporarily_unavailable");
        answer.Headers.RetryAfter!.Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("23505")]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task A_race_that_the_database_decided_is_409_for_who_lost_it(string sqlState)
    {
        await using var app = await ThrowingAsync(() => new DbUpdateException("Not saved.", new DatabaseException(sqlState, isTransient: true)));
        using var client = app.Client();

        using var answer = await client.GetAsync("act");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "conflict_retry");
    }

    [Fact]
    public async Task A_row_that_somebody_else_changed_meanwhile_is_409()
    {
        await using var app = await ThrowingAsync(() => new DbUpdateConcurrencyException("0 rows instead of 1."));
        using var client = app.Client();

        using var answer = await client.GetAsync("act");

        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "conflict_retry");
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public async Task Another_department_that_does_not_answer_is_503(StatusCode status)
    {
        await using var app = await ThrowingAsync(() => new RpcException(new Status(status, "inside")));
        using var client = app.Client();

        using var answer = await client.GetAsync("act");

        (await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "dependency_unavailable")).ToJsonString().ShouldNotContain("inside");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public void A_refusal_is_the_same_over_gRPC()
    {
        var refusal = Refusal.NotFound("citizen_unknown").ToRpcException();

        refusal.StatusCode.ShouldBe(StatusCode.NotFound);
        refusal.Trailers.GetValue("problem-code").ShouldBe("citizen_unknown");
    }

    private static Task<SampleApp> ThrowingAsync(Func<Exception> exception) =>
        SampleApp.StartAsync(features => features.MapGet("/act", string () => throw exception()).AllowEveryone());

    private sealed class DatabaseException(string? sqlState, bool isTransient) : DbException("A connection string, perhaps.")
    {
        public override string? SqlState => sqlState;

        public override bool IsTransient => isTransient;
    }
}
