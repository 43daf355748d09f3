namespace SmartCity.Replay;

/// <summary>The demo accounts that the replay works with: whoever runs venues, tests, traces, warns and keeps the clock.</summary>
internal sealed record Staff(Account Venue, Account Laboratory, Account HealthOfficer, Account Approver, Account DepartmentOfficer, Account Operator)
{
    public static async Task<Staff> SignInAsync(City city, CancellationToken cancellationToken) => new(
        await city.SignInStaffAsync("venue", cancellationToken),
        await city.SignInStaffAsync("laboratory", cancellationToken),
        await city.SignInStaffAsync("health-officer", cancellationToken),
        await city.SignInStaffAsync("approver", cancellationToken),
        await city.SignInStaffAsync("officer-emergency", cancellationToken),
        await city.SignInStaffAsync("operator", cancellationToken));
}
