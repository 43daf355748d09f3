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
        .WithSummary("What each type of place asks for: colours, a test, room, masks; and after how long a visitor without a check-out is taken to have left.")
        .WithExample(answer: new[] { new AdmissionRuleView(PlaceType.Hospital, [CodeColor.Green, CodeColor.Yellow, CodeColor.Red], 720, 48, Consequence.Notice, Consequence.None, true) })
        .AllowEveryone();

    private static Ok<AdmissionRuleView[]> Handle(IOptionsMonitor<AdmissionRules> rules) => TypedResults.Ok(
        Enum.GetValues<PlaceType>().Select(type => AdmissionRuleView.Of(type, rules.CurrentValue.For(type))).ToArray());
}

/// <summary>The rule of one type of place.</summary>
/// <param name="Type">The type.</param>
/// <param name="Admits">The colours that may enter.</param>
/// <param name="TimeOutMinutes">After how many minutes a visitor without a check-out is taken to have left.</param>
/// <param name="TestWithinHours">How old the sample of a negative result may be; absent where no test is asked for.</param>
/// <param name="WithoutTest">What follows without one.</param>
/// <param name="WhenFull">What follows where the place holds no more.</param>
/// <param name="Masks">Visitors wear a mask.</param>
public sealed record AdmissionRuleView(
    PlaceType Type, IReadOnlyList<CodeColor> Admits, int TimeOutMinutes, int? TestWithinHours, Consequence WithoutTest, Consequence WhenFull, bool Masks)
{
    internal static AdmissionRuleView Of(PlaceType type, AdmissionRule rule) => new(type, rule.Admits, (int)rule.TimeOut.TotalMinutes, rule.TestWithinHours,
        rule.WithoutTest, rule.WhenFull, rule.Masks);
}
