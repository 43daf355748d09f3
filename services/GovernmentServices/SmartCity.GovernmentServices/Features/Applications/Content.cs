using System.Text.Json;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>What is kept sealed of a form that was begun.</summary>
/// <param name="Form">As the applicant filled it in.</param>
/// <param name="Materials">Attachments by material.</param>
/// <param name="Facts">What the register said; null where it was not asked.</param>
/// <param name="DataUse">Under what consent it was asked.</param>
internal sealed record DraftContent(
    IReadOnlyDictionary<string, JsonElement> Form, IReadOnlyDictionary<string, Guid> Materials, PersonalFacts? Facts = null, Guid? DataUse = null)
{
    public static DraftContent Empty { get; } = new(new Dictionary<string, JsonElement>(), new Dictionary<string, Guid>());
}

/// <summary>What is kept sealed of an application.</summary>
/// <param name="Form">The form, with what the city filled in.</param>
/// <param name="Materials">How each material was satisfied.</param>
/// <param name="Facts">What the register said; null where it was not asked.</param>
internal sealed record ApplicationContent(
    IReadOnlyDictionary<string, JsonElement> Form, IReadOnlyDictionary<string, MaterialGiven> Materials, PersonalFacts? Facts = null);

/// <summary>How a material was satisfied.</summary>
/// <param name="By">Who brought it.</param>
/// <param name="AttachmentId">The applicant's file; absent where it was not asked for.</param>
/// <param name="Certificate">The identifier of the city's certificate; absent where there is none.</param>
public sealed record MaterialGiven(MaterialSource By, Guid? AttachmentId = null, string? Certificate = null);

internal static class ContentSealing
{
    public static byte[] SealJson<T>(this PersonalData personalData, T content, Guid owner) => personalData.Seal(JsonSerializer.Serialize(content), owner);

    public static T OpenJson<T>(this PersonalData personalData, byte[] sealedContent, Guid owner) =>
        JsonSerializer.Deserialize<T>(personalData.Open(sealedContent, owner))!;

    public static ApplicationContent ContentOf(this PersonalData personalData, Application application) =>
        personalData.OpenJson<ApplicationContent>(application.SealedForm, application.Id);
}
