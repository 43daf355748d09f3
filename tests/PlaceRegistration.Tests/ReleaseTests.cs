using System.Net;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Contracts;
using SmartCity.PlaceRegistration.Data;
using SmartCity.PlaceRegistration.Features.Places;
using SmartCity.PlaceRegistration.Features.Tracing;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace SmartCity.PlaceRegistration.Tests;

/// <summary>Who hears of a trace, and when: the test's policy tells up to 2 people at once, wants one officer up to 4, and two people above.</summary>
public sealed class ReleaseTests(CityServers servers)
{
    private static readonly DateTimeOffset Morning = Town.Noon.AddDays(-1).AddHours(-4);

    [Fact]
    public async Task What_was_refuted_is_taken_back_and_never_found_again()
    {
        await using var town = await Town.CreateAsync(servers);
        var place = await town.PlaceAsync();
        var ((ill, illId), (ben, benId)) = (town.Citizen(), town.Citizen());
        await town.CheckInAsync(ill, place, Town.Noon.AddHours(-3), Town.Noon.AddHours(-1));
        await town.CheckInAsync(ben, place, Town.Noon.AddHours(-2), Town.Noon.AddHours(-1));
        await town.ConfirmAsync(illId);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any(found => found.CitizenId == benId));
        var exposure = town.Heard.Of<ExposureDetected>().Single(found => found.CitizenId == benId);

        await town.PublishAsync(new ExposureRefuted(exposure.ExposureId, benId, Town.Noon));
        await town.PublishAsync(new ExposureRefuted(exposure.ExposureId, benId, Town.Noon));

        await Eventually.Async(() => town.Heard.Of<ExposureWithdrawn>().Any(taken => taken.ExposureId == exposure.ExposureId && taken.WithdrawnAt > exposure.DetectedAt));
        // A late visit of the case traces it anew; another contact is found, this one is not.
        var (carl, carlId) = town.Citizen();
        await town.CheckInAsync(carl, place, Town.Noon.AddHours(-2), Town.Noon.AddHours(-1));
        await town.CheckInAsync(ill, place, Town.Noon.AddHours(-6), Town.Noon.AddHours(-5));
        await town.CheckInAsync(ben, place, Town.Noon.AddHours(-6), Town.Noon.AddHours(-5));
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Any(found => found.CitizenId == carlId));
        (await town.Database.ScalarAsync<Guid>("SELECT citizen_id FROM exposures WHERE NOT withdrawn")).ShouldBe(carlId);
        town.Heard.Of<ExposureDetected>().Count(found => found.CitizenId == benId).ShouldBe(1);
        town.Heard.Of<ExposureWithdrawn>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_small_trace_is_told_at_once_and_a_larger_one_waits_for_an_officers_single_click()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var small = await MetAsync(town, 2);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        var large = await MetAsync(town, 3);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        var trace = await TraceAsync(town, officer, large);
        (trace.Release, trace.ReleaseClass, trace.Contacts, trace.Approvals, trace.ApprovalsNeeded).ShouldBe((CaseRelease.Waiting, "some", 3, 0, 1));
        (await town.GetAsync<Problem>(officer, $"traces/{large.CaseId}/exposures", HttpStatusCode.Conflict)).Code.ShouldBe("trace_not_released");
        (await town.GetAsync<Page<TraceLine>>(officer, "traces")).Items.ShouldHaveSingleItem().CaseId.ShouldBe(large.CaseId);
        (await town.GetAsync<Page<TracePlace>>(officer, $"traces/{large.CaseId}/places")).Items.ShouldHaveSingleItem().Contacts.ShouldBe(3);
        town.Heard.Of<ExposureDetected>().ShouldAllBe(told => told.CaseId == small.CaseId);

        var released = await ApproveAsync(town, officer, large, trace);

        released.Release.ShouldBe(CaseRelease.Released);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count(told => told.CaseId == large.CaseId) == 3);
        (await town.GetAsync<Page<ExposureView>>(officer, $"traces/{large.CaseId}/exposures")).Items.Count.ShouldBe(3);
        (await ApproveAsync(town, officer, large, trace)).Release.ShouldBe(CaseRelease.Released);
        town.Heard.Of<ExposureDetected>().Count(told => told.CaseId == large.CaseId).ShouldBe(3);
    }

    [Fact]
    public async Task Above_a_size_two_different_people_must_agree()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var confirmed = await MetAsync(town, 5);
        using var one = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);
        using var other = town.App.As(Guid.CreateVersion7(), Roles.Approver);

        (await ApproveAsync(town, one, confirmed)).Release.ShouldBe(CaseRelease.Waiting);
        var again = await ApproveAsync(town, one, confirmed);
        (again.Release, again.Approvals, again.ApprovalsNeeded).ShouldBe((CaseRelease.Waiting, 1, 2));
        town.Heard.Of<ExposureDetected>().ShouldBeEmpty();

        (await ApproveAsync(town, other, confirmed)).Release.ShouldBe(CaseRelease.Released);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 5);
    }

    [Fact]
    public async Task An_approval_is_of_what_the_officer_saw()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var place = await town.PlaceAsync();
        var confirmed = await MetAsync(town, 3, place);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);
        var seen = await TraceAsync(town, officer, confirmed);
        await town.CheckInAsync(town.Citizen().Account, place, Morning, Morning.AddMinutes(40));

        var refused = await town.SendAsync<Problem>(
            officer, HttpMethod.Post, $"traces/{confirmed.CaseId}/approvals", new ApprovalRequest(seen.LastRun!.RunId), HttpStatusCode.Conflict);
        refused.Code.ShouldBe("trace_changed");
        town.Heard.Of<ExposureDetected>().ShouldBeEmpty();
        var unknown = await town.SendAsync<Problem>(
            officer, HttpMethod.Post, $"traces/{confirmed.CaseId}/approvals", new ApprovalRequest(Guid.CreateVersion7()), HttpStatusCode.BadRequest);
        unknown.Code.ShouldBe("trace_run_unknown");

        (await ApproveAsync(town, officer, confirmed)).Release.ShouldBe(CaseRelease.Released);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 4);
    }

    [Fact]
    public async Task A_released_trace_that_outgrows_what_was_approved_tells_nobody_new()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var place = await town.PlaceAsync();
        var confirmed = await MetAsync(town, 2, place);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        var (late, lateId) = town.Citizen();

        await town.CheckInAsync(late, place, Morning, Morning.AddMinutes(40));

        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);
        var trace = await TraceAsync(town, officer, confirmed);
        (trace.Release, trace.Contacts, trace.ApprovalsNeeded).ShouldBe((CaseRelease.Waiting, 3, 1));
        (await town.Database.ScalarAsync<long>("SELECT count(*) FROM exposures WHERE NOT released")).ShouldBe(1);
        town.Heard.Of<ExposureDetected>().Count().ShouldBe(2);

        // It is run again by itself, so that what officers see is what they approve.
        await Eventually.Async(async () => (await TraceAsync(town, officer, confirmed)).LastRun!.Contacts == 3);
        await ApproveAsync(town, officer, confirmed);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 3);
        town.Heard.Of<ExposureDetected>().Last().CitizenId.ShouldBe(lateId);
    }

    [Fact]
    public async Task A_recall_takes_back_everything_that_was_told_and_only_an_officer_brings_it_back()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var place = await town.PlaceAsync();
        var confirmed = await MetAsync(town, 2, place);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        var recalled = await town.SendAsync<ReleaseView>(officer, HttpMethod.Post, $"traces/{confirmed.CaseId}/recall", new RecallRequest(RecallReason.CaseDoubted));
        (recalled.Release, recalled.ApprovalsNeeded).ShouldBe((CaseRelease.Recalled, 1));
        await town.SendAsync<ReleaseView>(officer, HttpMethod.Post, $"traces/{confirmed.CaseId}/recall", new RecallRequest(RecallReason.CaseDoubted));
        await town.CheckInAsync(town.Citizen().Account, place, Morning, Morning.AddMinutes(40));
        await town.PublishAsync(confirmed with { ConfirmedAt = confirmed.ConfirmedAt.AddHours(1) });

        await Eventually.Async(() => town.Heard.Of<ExposureWithdrawn>().Count() == 2);
        var detected = town.Heard.Of<ExposureDetected>().ToDictionary(told => told.ExposureId);
        detected.Count.ShouldBe(2);
        town.Heard.Of<ExposureWithdrawn>().ShouldAllBe(gone => gone.WithdrawnAt > detected[gone.ExposureId].DetectedAt);

        (await ApproveAsync(town, officer, confirmed)).Release.ShouldBe(CaseRelease.Released);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2 + 3);
        var latest = town.Heard.Of<ExposureDetected>().Skip(2).ToArray();
        latest.Where(told => detected.ContainsKey(told.ExposureId)).ShouldAllBe(told => told.DetectedAt > town.Heard.Of<ExposureWithdrawn>().Single(gone => gone.ExposureId == told.ExposureId).WithdrawnAt);
    }

    [Fact]
    public async Task Withdrawing_a_waiting_case_tells_nobody_of_anything()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var waiting = await MetAsync(town, 3);
        await town.WithdrawAsync(waiting);
        var told = await MetAsync(town, 1);
        await town.WithdrawAsync(told);

        await Eventually.Async(() => town.Heard.Of<ExposureWithdrawn>().Any());
        town.Heard.Of<ExposureWithdrawn>().ShouldHaveSingleItem().CaseId.ShouldBe(told.CaseId);
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);
        (await town.SendAsync<Problem>(officer, HttpMethod.Post, $"traces/{waiting.CaseId}/recall", new RecallRequest(RecallReason.VisitsWrong), HttpStatusCode.Conflict)).Code.ShouldBe("case_withdrawn");
    }

    [Fact]
    public async Task Traces_are_computed_anew_by_the_policy_in_force_when_an_officer_asks()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("changing"));
        var place = await town.PlaceAsync();
        var ((anna, annaId), (ben, benId), (carl, carlId)) = (town.Citizen(), town.Citizen(), town.Citizen());
        foreach (var (account, minutes) in new[] { (anna, 60), (ben, 20), (carl, 40) }) await town.CheckInAsync(account, place, Morning, Morning.AddMinutes(minutes));
        var confirmed = await town.ConfirmAsync(annaId);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 2);
        town.Clock.Advance(TimeSpan.FromHours(13));
        using var officer = town.App.As(Guid.CreateVersion7(), Roles.HealthOfficer);

        var asked = await town.SendAsync<RunsAsked>(officer, HttpMethod.Post, "traces/runs", new RunRequest(), HttpStatusCode.Accepted);

        (asked.Cases, asked.Policy).ShouldBe((1, "after"));
        await Eventually.Async(() => town.Heard.Of<ExposureWithdrawn>().Any());
        town.Heard.Of<ExposureWithdrawn>().ShouldHaveSingleItem().CitizenId.ShouldBe(benId);
        await Eventually.Async(() => town.Heard.Of<ExposureDetected>().Count() == 3);
        var last = town.Heard.Of<ExposureDetected>().Last();
        (last.CitizenId, last.Policy).ShouldBe((carlId, "after"));
        (await TraceAsync(town, officer, confirmed)).LastRun!.Cause.ShouldBe(TraceCause.Asked);
        (await town.SendAsync<Problem>(officer, HttpMethod.Post, "traces/runs", new RunRequest(Guid.CreateVersion7()), HttpStatusCode.NotFound)).Code.ShouldBe("case_unknown");
    }

    [Fact]
    public async Task A_run_is_computed_again_with_the_same_result_until_its_inputs_are_forgotten()
    {
        await using var town = await Town.CreateAsync(servers, Town.TracePolicy("weighted"));
        var place = await town.PlaceAsync();
        var confirmed = await MetAsync(town, 2, place);
        using var auditor = town.App.As(Guid.CreateVersion7(), Roles.Auditor);
        var run = (await town.GetAsync<Page<RunView>>(auditor, $"traces/{confirmed.CaseId}/runs")).Items.ShouldHaveSingleItem();
        var path = $"traces/{confirmed.CaseId}/runs/{run.RunId}/verification";

        var right = await town.GetAsync<RunVerification>(auditor, path);
        (right.InputsKept, right.InputsIntact, right.Reproduced, right.VisitsUnchanged, right.Computed, right.Recorded).ShouldBe((true, true, true, true, run.ResultHash, run.ResultHash));

        await town.CheckInAsync(town.Citizen().Account, place, Morning, Morning.AddMinutes(40));
        var later = await town.GetAsync<RunVerification>(auditor, path);
        (later.Reproduced, later.VisitsUnchanged).ShouldBe((true, false));

        await town.Database.ExecuteAsync("UPDATE trace_runs SET result_hash = inputs_hash");
        (await town.GetAsync<RunVerification>(auditor, path)).Reproduced.ShouldBe(false);

        town.Clock.Advance(TimeSpan.FromDays(40));
        await Eventually.Async(async () => !(await town.GetAsync<RunVerification>(auditor, path)).InputsKept);
        (await town.GetAsync<Problem>(auditor, $"traces/{confirmed.CaseId}/runs/{Guid.CreateVersion7()}/verification", HttpStatusCode.NotFound)).Code.ShouldBe("trace_run_unknown");
    }

    /// <summary>A case and so many others were at a place for forty minutes.</summary>
    private static async Task<CaseConfirmed> MetAsync(Town town, int contacts, OwnPlace? at = null)
    {
        var place = at ?? await town.PlaceAsync();
        var (anna, annaId) = town.Citizen();
        await town.CheckInAsync(anna, place, Morning, Morning.AddMinutes(40));
        for (var contact = 0; contact < contacts; contact++) await town.CheckInAsync(town.Citizen().Account, place, Morning, Morning.AddMinutes(40));
        return await town.ConfirmAsync(annaId);
    }

    private static Task<TraceView> TraceAsync(Town town, HttpClient officer, CaseConfirmed confirmed) => town.GetAsync<TraceView>(officer, $"traces/{confirmed.CaseId}");

    private static async Task<ReleaseView> ApproveAsync(Town town, HttpClient officer, CaseConfirmed confirmed, TraceView? seen = null)
    {
        seen ??= await TraceAsync(town, officer, confirmed);
        return await town.SendAsync<ReleaseView>(officer, HttpMethod.Post, $"traces/{confirmed.CaseId}/approvals", new ApprovalRequest(seen.LastRun!.RunId));
    }
}
