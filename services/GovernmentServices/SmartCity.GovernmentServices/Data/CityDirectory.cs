using System.Globalization;
using Microsoft.Extensions.Options;
using SmartCity.GovernmentServices.Contracts;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Data;

/// <summary>Section "Directory" of the configuration: the departments, what can be booked, and who answers for which category of reports.</summary>
internal sealed class CityDirectory
{
    public Dictionary<string, LocalText> Departments { get; init; } = [];

    /// <summary>The unified social credit codes under which departments issue certificates.</summary>
    public Dictionary<string, string> CreditCodes { get; init; } = [];

    /// <summary>The department that watches over answers: what another did not do in time goes to it too, and it runs the hotline.</summary>
    public string Supervisor { get; init; } = "government-services";

    public Dictionary<string, BookableService> BookableServices { get; init; } = [];

    public Dictionary<string, ReportCategory> ReportCategories { get; init; } = [];

    // What was once routed or booked is shown also when the directory has since lost it: by its key.
    public string NameOfDepartment(string key) => Departments.TryGetValue(key, out var name) ? name.In(CultureInfo.CurrentUICulture) : key;

    public string NameOfService(string key) => BookableServices.TryGetValue(key, out var service) ? service.Name.In(CultureInfo.CurrentUICulture) : key;

    public string NameOfCategory(string key) => ReportCategories.TryGetValue(key, out var category) ? category.Name.In(CultureInfo.CurrentUICulture) : key;

    /// <summary>What is wrong with it; nothing where it can be worked with.</summary>
    public IEnumerable<string> Faults() =>
    [
        .. ReportCategories.Where(category => !Departments.ContainsKey(category.Value.Department))
            .Select(category => $"Reports of the category {category.Key} go to the department {category.Value.Department}, which does not exist."),
        .. Departments.ContainsKey(Supervisor) ? Array.Empty<string>() : [$"Nobody watches over answers: there is no department {Supervisor}."],
        .. CreditCodes.Where(code => !Departments.ContainsKey(code.Key) || !UnifiedSocialCreditCode.TryParse(code.Value, out _))
            .Select(code => $"{code.Value} of {code.Key} is no code of a department."),
        .. BookableServices.Where(service => service.Value.OpenBookingsPerPerson < 1).Select(service => $"Nobody may book {service.Key}."),
    ];
}

/// <param name="Name">What people read.</param>
/// <param name="OpenBookingsPerPerson">How many bookings whose time is not over one person may hold.</param>
internal sealed record BookableService(LocalText Name, int OpenBookingsPerPerson);

/// <param name="Name">What people read.</param>
/// <param name="Department">Whose queue reports go to.</param>
internal sealed record ReportCategory(LocalText Name, string Department);

internal static class CityDirectoryExtensions
{
    /// <summary>A service with a faulty directory does not start.</summary>
    public static void AddCityDirectory(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CityDirectory>().BindConfiguration("Directory").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<CityDirectory>, NoFaults>();
        builder.Services.AddSingleton(provider => provider.GetRequiredService<IOptions<CityDirectory>>().Value);
    }

    private sealed class NoFaults : IValidateOptions<CityDirectory>
    {
        public ValidateOptionsResult Validate(string? name, CityDirectory options) =>
            options.Faults().ToArray() is { Length: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
