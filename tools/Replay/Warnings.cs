using System.Globalization;

namespace SmartCity.Replay;

/// <summary>The officers at the end of each day: the first alarm of an area that has no warning yet becomes one, agreed to by a second person and acknowledged.</summary>
internal sealed class Warnings(City city, Staff staff)
{
    private const string CasesStream = "cases";

    private readonly HashSet<Guid> seen = [];
    private readonly HashSet<string> warned = [];

    /// <summary>Alarms so far.</summary>
    public int Alarms => seen.Count;

    /// <summary>Warnings issued so far.</summary>
    public int Issued => warned.Count;

    /// <summary>The first day whose cases were out of the ordinary in the whole city, in the city's time.</summary>
    public DateOnly? FirstAlarm { get; private set; }

    public async Task FollowUpAsync(CancellationToken cancellationToken)
    {
        foreach (var alarm in await city.ListAsync("/early-warning/v1/alarms", staff.HealthOfficer, cancellationToken))
        {
            var id = alarm["alarmId"]!.GetValue<Guid>();
            if (!seen.Add(id) || alarm["stream"]!.GetValue<string>() != CasesStream) continue;

            var area = alarm["cell"]?.GetValue<string>() ?? "city";
            var day = DateOnly.ParseExact(alarm["day"]!.GetValue<string>(), "yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (area == "city" && (FirstAlarm is null || day < FirstAlarm)) FirstAlarm = day;
            if (warned.Add(area)) await WarnAsync(id, cancellationToken);
        }
    }

    private async Task WarnAsync(Guid alarmId, CancellationToken cancellationToken)
    {
        var draft = await city.PostAsync($"/early-warning/v1/alarms/{alarmId}/warning", new { }, staff.HealthOfficer, cancellationToken);
        var warning = $"/early-warning/v1/warnings/{draft!["warningId"]!.GetValue<Guid>()}";
        await city.PostAsync($"{warning}/approval", new { }, staff.Approver, cancellationToken);
        await city.PostAsync($"{warning}/issue", new { }, staff.HealthOfficer, cancellationToken);
        await city.PostAsync($"{warning}/acknowledgement", new { }, staff.DepartmentOfficer, cancellationToken);
    }
}
