using Microsoft.Playwright;
using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.Portal.Tests;

/// <summary>Officers at their desks: what waits, what two of them decide, and what comes of it.</summary>
public sealed class DepartmentTests(PortalCity city)
{
    [Fact]
    public async Task A_drill_gives_departments_tasks_and_ends_in_a_review()
    {
        var officer = await city.StaffAsync("health-officer", "en");
        await officer.GotoAsync("/department/events");
        await officer.SelectOptionAsync("[name=Hazard]", "infectious-disease");
        await officer.SendAsync("text=Start a drill");
        var path = new Uri(officer.Url).AbsolutePath;

        var police = await city.StaffAsync("officer-security", "en");
        await police.GotoAsync("/department/tasks");
        await police.LookAsync("/department/tasks", "tasks");
        await police.ClickAsync(".list h3 a");
        var task = new Uri(police.Url).AbsolutePath;
        await police.LookAsync(task, "task");
        await police.SendAsync("main >> text=Take note >> nth=-1");
        await police.FillAsync("[name=Text]", "All contacts were informed.");
        await police.CheckAsync("[name=IsDone]");
        await police.SendAsync("text=Send");
        (await police.InnerTextAsync("main")).ShouldContain("All contacts were informed.");

        await officer.GotoAsync(path);
        await officer.SelectOptionAsync("[name=State]", "closed");
        await officer.FillAsync("[name=Reason]", "The drill is over.");
        await officer.SendAsync("text=Decide");
        await officer.LookAsync(path, "event");
        await officer.LookAsync("/department/events", "events");
        await officer.LookAsync("/department", "desk");
        await Eventually.Async(async () => (await officer.GotoAsync($"{path}/review"))!.Status == 200, TimeSpan.FromMinutes(2), "the review is built");
        await officer.LookAsync($"{path}/review", "review");
        (await officer.InnerTextAsync("main")).ShouldContain("All contacts were informed.");
    }

    [Fact]
    public async Task Two_people_make_a_warning_public_and_one_takes_it_back()
    {
        var author = await city.StaffAsync("health-officer", "en");
        await author.GotoAsync("/department/warnings/new");
        await author.LookAsync("/department/warnings/new", "warning-new");
        foreach (var (field, text) in new[] { ("HeadlineZh", "请注意防护"), ("DescriptionZh", "病例增多。"), ("InstructionZh", "请佩戴口罩。"), ("HeadlineEn", "Protect yourselves"), ("DescriptionEn", "More cases."), ("InstructionEn", "Wear a mask.") })
            await author.FillAsync($"[name='Form.{field}']", text);
        await author.SendAsync("text=Keep as a draft");
        var path = new Uri(author.Url).AbsolutePath;
        (await author.Locator("text=Approve as the second person").CountAsync()).ShouldBe(0);

        var second = await city.StaffAsync("approver", "en");
        await second.GotoAsync(path);
        await second.SendAsync("text=Approve as the second person");
        await author.LookAsync("/department/warnings", "warnings");
        await author.GotoAsync(path);
        await author.SendAsync("button:has-text('Issue')");
        var id = path.Split('/')[^1];
        await Eventually.Async(async () => (await city.Api.GetAsync("/early-warning/v1/warnings", null, CancellationToken.None))!.ToJsonString().Contains(id, StringComparison.Ordinal));
        await author.LookAsync(path, "warning");
        await author.SendAsync("button:has-text('Take the warning back')");
        (await author.InnerTextAsync(".badge >> nth=0")).ShouldBe("taken back");
    }

    [Fact]
    public async Task A_trace_is_looked_at_and_released_and_codes_turn()
    {
        var venue = await city.Api.SignInStaffAsync("venue", CancellationToken.None);
        var place = await city.Api.PostAsync(
            "/place-registration/v1/places",
            new { name = "茶馆 Tea house", type = "restaurant", address = "1 Long Street", position = new { latitude = 31.234, longitude = 121.478 }, capacity = 30, uscc = "91310115MA1K3BTP2B" }, venue, CancellationToken.None);
        var officer = await city.StaffAsync("health-officer", "en");
        await officer.GotoAsync("/department/places");
        await officer.LookAsync("/department/places", "pending-places");
        await officer.SendAsync("button:has-text('Approve')");
        var (ill, number) = await CitizenAsync();
        var (contact, _) = await CitizenAsync();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var person in new[] { ill, contact })
            await city.Api.PostAsync("/place-registration/v1/check-ins", new { placeId = place!["placeId"]!.GetValue<Guid>(), at = now.AddHours(-2), until = now.AddHours(-1) }, person, CancellationToken.None);

        var laboratory = await city.StaffAsync("laboratory", "en");
        await laboratory.GotoAsync("/laboratory");
        await laboratory.LookAsync("/laboratory", "laboratory");
        await laboratory.FillAsync("[name=ResultNumber]", Guid.CreateVersion7().ToString());
        await laboratory.FillAsync("[name=CitizenNumber]", number);
        await laboratory.SelectOptionAsync("[name=Outcome]", "positive");
        await laboratory.FillAsync("[name=SampledAt]", now.ToOffset(TimeSpan.FromHours(8)).AddMinutes(-20).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await laboratory.SendAsync("text=Record the result");

        // A small trace may be released by the policy itself; a waiting one needs its officers.
        await Eventually.Async(async () =>
        {
            foreach (var state in new[] { "waiting", "released" })
            {
                await officer.GotoAsync($"/department/traces?release={state}");
                if (await officer.Locator(".list h2 a").CountAsync() > 0) return true;
            }

            return false;
        }, TimeSpan.FromMinutes(1), "the case was traced");
        await officer.LookAsync(new Uri(officer.Url).PathAndQuery, "traces");
        await officer.ClickAsync(".list h2 a");
        var trace = new Uri(officer.Url).AbsolutePath;
        await officer.LookAsync(trace, "trace");
        if (await officer.Locator("button:has-text('Approve the release')").CountAsync() > 0)
        {
            await officer.SendAsync("button:has-text('Approve the release')");
            var second = await city.StaffAsync("approver", "en");
            await second.GotoAsync(trace);
            if (await second.Locator("button:has-text('Approve the release')").CountAsync() > 0) await second.ClickAsync("button:has-text('Approve the release')");
        }

        await Eventually.Async(async () => await ColorAsync(contact) == "yellow", TimeSpan.FromMinutes(1), "the contact's code is yellow");
        await officer.GotoAsync(trace);
        await officer.SelectOptionAsync("[name=Reason]", "caseDoubted");
        await officer.SendAsync("button:has-text('Recall')");
        await Eventually.Async(async () => await ColorAsync(contact) == "green", TimeSpan.FromMinutes(1), "the contact's code is green again");
        await AppealAsync(ill, officer);
    }

    [Fact]
    public async Task An_order_needs_two_officers_and_can_be_taken_back()
    {
        var (citizen, _) = await CitizenAsync();
        var id = (await city.Api.GetAsync("/health-code/v1/me", citizen, CancellationToken.None))!["citizenId"]!.GetValue<Guid>();
        var officer = await city.StaffAsync("health-officer", "en");
        await officer.GotoAsync("/department/orders");
        await officer.SelectOptionAsync("[name=Reason]", "isolationOrder");
        await officer.SelectOptionAsync("[name=Color]", "red");
        await officer.FillAsync("[name=People]", "nobody");
        await officer.ClickAsync("text=Propose >> nth=-1");
        await officer.WaitForSelectorAsync("[name=People][aria-invalid=true]");
        await officer.FillAsync("[name=People]", id.ToString());
        await officer.SelectOptionAsync("[name=Reason]", "isolationOrder");
        await officer.SelectOptionAsync("[name=Color]", "red");
        await officer.SendAsync("button.button:has-text('Propose')");
        (await ColorAsync(citizen)).ShouldBe("green");

        var second = await city.StaffAsync("approver", "en");
        await second.GotoAsync("/department/orders");
        await second.LookAsync("/department/orders", "orders");
        await second.SendAsync("button:has-text('Approve')");
        await Eventually.Async(async () => await ColorAsync(citizen) == "red");
        await second.SendAsync("button:has-text('Take it back')");
        await Eventually.Async(async () => await ColorAsync(citizen) == "green");
    }

    [Fact]
    public async Task A_policy_is_drafted_and_its_dry_run_says_what_it_would_do()
    {
        var officer = await city.StaffAsync("health-officer", "en");
        await officer.GotoAsync("/department/policies");
        await officer.ClickAsync("text=Draft a policy");
        var rules = System.Text.Json.Nodes.JsonNode.Parse(await officer.InputValueAsync("[name=Rules]"))!;
        var version = $"draft-{Guid.CreateVersion7():N}"[..18];
        rules["version"] = version;
        await officer.FillAsync("[name=Rules]", rules.ToJsonString());
        await officer.SendAsync("text=Keep the draft");
        await officer.SendAsync("text=Start the dry run");
        await Eventually.Async(async () =>
        {
            await officer.GotoAsync($"/department/policies/{version}");
            return (await officer.InnerTextAsync("#dry-run")).Contains("Finished", StringComparison.Ordinal);
        }, TimeSpan.FromMinutes(1), "the dry run is over");

        await officer.LookAsync($"/department/policies/{version}", "policy");
        await officer.LookAsync("/department/policies", "policies");
        var second = await city.StaffAsync("approver", "en");
        await second.GotoAsync($"/department/policies/{version}");
        await second.SendAsync("button:has-text('Approve')");
        (await second.InnerTextAsync("main")).ShouldContain("1 of 2");
    }

    [Fact]
    public async Task A_report_is_answered_and_a_rumour_is_rebutted()
    {
        var (citizen, _) = await CitizenAsync();
        var categories = (await city.Api.GetAsync("/government-services/v1/report-categories", null, CancellationToken.None))!["items"]!.AsArray();
        var category = categories.First(one => one!["department"]!.GetValue<string>() == "government-services")!["category"]!.GetValue<string>();
        var report = await city.Api.PostAsync("/government-services/v1/reports", new { category, text = "The lamp in Long Street is broken." }, citizen, CancellationToken.None);
        var officer = await city.StaffAsync("officer-services", "en");
        await officer.GotoAsync("/department/reports");
        await officer.LookAsync("/department/reports", "department-reports");
        // Other tests leave reports of their own.
        await officer.ClickAsync($".list h2 a[href$='{report!["id"]}']");
        await officer.LookAsync(new Uri(officer.Url).AbsolutePath, "department-report");
        await officer.FillAsync("[name=Text]", "It will be repaired tomorrow.");
        await officer.SendAsync("text=Send");
        (await city.Api.GetAsync("/government-services/v1/me/reports", citizen, CancellationToken.None))!.ToJsonString().ShouldContain("answered");

        await officer.GotoAsync("/department/bulletins");
        await officer.SelectOptionAsync("[name='Form.Kind']", "rumourRebuttal");
        foreach (var (field, text) in new[] { ("TitleZh", "超市不会关门"), ("BodyZh", "供应充足。"), ("TitleEn", "Shops stay open"), ("BodyEn", "There is enough of everything."), ("EvidenceZh", "库存数据"), ("EvidenceEn", "Stocks of the city"), ("EvidenceAddress", "https://example.org/stocks") }) await officer.FillAsync($"[name='Form.{field}']", text);
        await officer.SendAsync("text=Publish now");
        var bulletin = new Uri(officer.Url).AbsolutePath;
        await officer.LookAsync(bulletin, "department-bulletin");
        await officer.LookAsync("/department/bulletins", "department-bulletins");
        (await city.Api.GetAsync($"/government-services/v1/bulletins/{bulletin.Split('/')[^1]}", null, CancellationToken.None))!["kind"]!.GetValue<string>().ShouldBe("rumourRebuttal");
        await officer.LookAsync("/department/steps", "steps");
    }

    /// <summary>Whoever is ill contests the result; an officer who had no hand in it opens the appeal and upholds it.</summary>
    private async Task AppealAsync(Account ill, IPage officer)
    {
        (await ColorAsync(ill)).ShouldBe("red");
        var appeal = await city.Api.PostAsync("/health-code/v1/me/appeals", new { text = "That was not my sample." }, ill, CancellationToken.None);
        await officer.GotoAsync("/department/appeals");
        await officer.LookAsync("/department/appeals", "appeals");
        await officer.ClickAsync($".list h2 a[href$='{appeal!["id"]}']");
        await officer.ClickAsync("text=Open the appeal");
        (await officer.InnerTextAsync(".written")).ShouldBe("That was not my sample.");
        (await officer.FindAsync("appeal")).ShouldBeEmpty();
        await officer.SelectOptionAsync("[name=Outcome]", "upheld");
        await officer.FillAsync("[name=Text]", "The laboratory confirms that samples were mixed up.");
        await officer.SendAsync("text=Decide");
        await Eventually.Async(async () => await ColorAsync(ill) == "green");
    }

    private async Task<(Account Account, string Number)> CitizenAsync()
    {
        var (phone, number) = PortalCity.NewCitizen();
        var account = await city.Api.SignInAsync(phone, CancellationToken.None);
        await city.Api.PutAsync("/health-code/v1/me", new { name = "王芳", citizenNumber = number }, account, CancellationToken.None);
        return (account, number);
    }

    private async Task<string> ColorAsync(Account account) => (await city.Api.GetAsync("/health-code/v1/me/code", account, CancellationToken.None))!["color"]!.GetValue<string>();
}
