using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SmartCity.HealthCode.Contracts;
using SmartCity.PlaceRegistration.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.PlaceRegistration.Features.Places;

/// <summary>Who may enter where: public, so that nobody learns it only at the door.</summary>
internal static class ShowAdmissionRules
{
    public static void Map(IEndpointRouteBuilder features) => features.MapGet("/admission-rules", Handle)
        .WithName("ListAdmissionRules")
        .WithTags("Places")
        .WithSummary("The colours that each type of place admits, and after how long a visitor without a check-out is taken to have left.")
        .AllowEveryone();

    private static Ok<AdmissionRuleView[]> Handle(IOptionsMonitor<AdmissionRules> rules) => TypedResults.Ok(
        Enum.GetValues<PlaceType>().Select(type => AdmissionRuleView.Of(type, rules.CurrentValue.For(type))).ToArray());
}

/// <summary>The rule of one type of place.</summary>
/// <param name="Type">The type.</param>
/// <param name="Admits">The colours that may enter.</param>
/// <param name="TimeOutMinutes">After how many minutes a visitor without a check-out is taken to have left.</param>
public sealed record AdmissionRuleView(PlaceType Type, IReadOnlyList<CodeColor> Admits, int TimeOutMinutes)
{
    internal static AdmissionRuleView Of(PlaceType type, AdmissionRule rule) => new(type, rule.Admits, (int)rule.TimeOut.TotalMinutes);
}
