using System.Text.Json.Nodes;
using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.System.Tests;

/// <summary>Two new citizens who were at the same new place an hour ago, with their accounts and the staff around them.</summary>
internal sealed class Neighbours : IDisposable
{
    private static int next = Random.Shared.Next(1_000_000);
    private static Staff? staff;

    private Neighbours(City city, Account ill, Account contact, string illNumber, Guid illId, Guid placeId) =>
        (City, Ill, Contact, IllNumber, IllId, PlaceId) = (city, ill, contact, illNumber, illId, placeId);

    public City City { get; }

    public Account Ill { get; }

    public Account Contact { get; }

    public string IllNumber { get; }

    /// <summary>Pseudonym of the one who is ill.</summary>
    public Guid IllId { get; }

    public Guid PlaceId { get; }

    /// <summary>Signs the staff in once for all tests: a TOTP code works only once.</summary>
    public static async Task<Staff> StaffAsync(City city) => staff ??= await Staff.SignInAsync(city, CancellationToken.None);

    public static async Task<Neighbours> MeetAsync(City city)
    {
        var officials = await StaffAsync(city);
        var (ill, illNumber) = await CitizenAsync(city);
        var (contact, _) = await CitizenAsync(city);
        var illId = (await city.GetAsync("/health-code/v1/me", ill, CancellationToken.None))!["citizenId"]!.GetValue<Guid>();
        var place = await city.PostAsync(
            "/place-registration/v1/places",
            new { name = "Tea house", type = "restaurant", address = "1 Long Street", position = new { latitude = 31.234, longitude = 121.478 }, capacity = 30, uscc = "91310115MA1K3BTP2B" },
            officials.Venue, CancellationToken.None);
        var placeIds = new[] { place!["placeId"]!.GetValue<Guid>() };
        await city.PostAsync("/place-registration/v1/places/decisions", new { placeIds, approved = true }, officials.HealthOfficer, CancellationToken.None);
        var met = new Neighbours(city, ill, contact, illNumber, illId, placeIds[0]);
        await met.StayAsync(ill);
        await met.StayAsync(contact);
        return met;
    }

    public static async Task<(Account Account, string CitizenNumber)> CitizenAsync(City city)
    {
        var number = Interlocked.Increment(ref next) % 10_000_000;
        var citizenNumber = CitizenNumbers.Make("320506", new DateOnly(1950, 1, 1).AddDays(number % 20_000), number / 20_000 % 500, male: true);
        var account = await city.SignInAsync($"+86137{number:00000000}", CancellationToken.None);
        await city.PutAsync("/health-code/v1/me", new { name = "Test Person", citizenNumber }, account, CancellationToken.None);
        return (account, citizenNumber);
    }

    /// <summary>A laboratory reports a positive result of the one who is ill.</summary>
    public async Task<Guid> ReportAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var receipt = await City.PostAsync(
            "/health-code/v1/lab-results",
            new { resultNumber = Guid.CreateVersion7().ToString(), citizenNumber = IllNumber, outcome = "positive", sampledAt = now.AddMinutes(-10) },
            (await StaffAsync(City)).Laboratory, CancellationToken.None);
        return receipt!["id"]!.GetValue<Guid>();
    }

    /// <summary>The same report again until it is known to be taken: whoever hears nothing repeats it with its number.</summary>
    public async Task<bool> TryReportAsync(Guid resultNumber)
    {
        try
        {
            await City.PostAsync(
                "/health-code/v1/lab-results",
                new { resultNumber = resultNumber.ToString(), citizenNumber = IllNumber, outcome = "positive", sampledAt = TimeProvider.System.GetUtcNow().AddMinutes(-10) },
                (await StaffAsync(City)).Laboratory, CancellationToken.None);
            return true;
        }
        catch (CityException fault)
        {
            return fault.Message.Contains("result_number_taken", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A warning for the cell, drafted, approved by somebody else and issued.</summary>
    public static async Task<Guid> WarnAsync(City city, string cell)
    {
        var officials = await StaffAsync(city);
        var draft = await city.PostAsync(
            "/early-warning/v1/warnings",
            new
            {
                cell,
                severity = "severe",
                expiresAt = TimeProvider.System.GetUtcNow().AddDays(1),
                en = new { headline = "Keep indoors", description = "Six cases.", instruction = "Stay at home." },
                zh = new { headline = "请留在室内", description = "六例。", instruction = "请居家。" },
            },
            officials.HealthOfficer, CancellationToken.None);
        var id = draft!["warningId"]!.GetValue<Guid>();
        await city.PostAsync($"/early-warning/v1/warnings/{id}/approval", new { }, officials.Approver, CancellationToken.None);
        await city.PostAsync($"/early-warning/v1/warnings/{id}/issue", new { }, officials.HealthOfficer, CancellationToken.None);
        return id;
    }

    public async Task WithdrawAsync(Guid labResult) => await City.PostAsync(
        $"/health-code/v1/lab-results/{labResult}/withdrawal", new { reason = "samplesMixedUp" }, (await StaffAsync(City)).Laboratory, CancellationToken.None);

    public async Task<string> ColorAsync(Account account) =>
        (await City.GetAsync("/health-code/v1/me/code", account, CancellationToken.None))!["color"]!.GetValue<string>();

    public async Task<IReadOnlyList<JsonNode>> HistoryAsync(Account account) => await City.ListAsync("/health-code/v1/me/code/history", account, CancellationToken.None);

    public Task TurnsAsync(Account account, string color, TimeSpan? patience = null) =>
        Eventually.Async(() => IsAsync(account, color), patience ?? TimeSpan.FromMinutes(3), $"the code is {color}");

    public void Dispose() => City.Dispose();

    /// <summary>No answer is not yet a colour: the service may be what was killed.</summary>
    private async Task<bool> IsAsync(Account account, string color)
    {
        try
        {
            return await ColorAsync(account) == color;
        }
        catch (Exception fault) when (fault is CityException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task StayAsync(Account account)
    {
        var now = TimeProvider.System.GetUtcNow();
        var answer = await City.PostAsync(
            "/place-registration/v1/check-ins", new { placeId = PlaceId, at = now.AddHours(-2), until = now.AddHours(-1) }, account, CancellationToken.None);
        answer!["visitId"].ShouldNotBeNull(answer.ToJsonString());
    }
}
