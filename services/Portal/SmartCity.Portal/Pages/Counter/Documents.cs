using SmartCity.Portal.Components;
using SmartCity.Portal.Web;

namespace SmartCity.Portal.Pages.Counter;

/// <summary>The documents by which somebody is known.</summary>
internal static class Documents
{
    private static readonly string[] All = ["idCard", "householdRegister", "birthCertificate", "passport", "residencePermit"];

    public static IReadOnlyList<Field.Choice> Choices(Texts texts) => [.. All.Select(document => new Field.Choice(document, texts.Word("document", document)))];
}
