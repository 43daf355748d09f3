using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Applications;

/// <summary>A form and its papers as they stand: what the city has is filled in, what is still missing is named.</summary>
/// <param name="Content">What would be submitted.</param>
/// <param name="FieldsFromCity">Fields that the city filled in.</param>
/// <param name="Missing">Papers that the applicant still has to bring.</param>
/// <param name="Problems">Why it cannot be submitted as it is; empty where it can.</param>
internal sealed record Preparation(ApplicationContent Content, IReadOnlyList<string> FieldsFromCity, IReadOnlyList<string> Missing, IReadOnlyList<Refusal> Problems)
{
    /// <summary>How many papers the applicant brought.</summary>
    public int MaterialsAsked => Content.Materials.Values.Count(material => material.AttachmentId is not null);

    /// <summary>Prepares what a person sent; <paramref name="matter"/> is the application that has used the attachments before, null for a new one.</summary>
    public static async Task<Preparation> PrepareAsync(
        OfferedService service, DraftContent draft, Guid account, Guid? matter, GovernmentServicesDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var definition = service.Definition;
        var form = new Dictionary<string, JsonElement>(draft.Form);
        // What the register says is not the applicant's to change here: whoever finds it wrong has it put right there.
        var fromCity = definition.Form.Fields
            .Select(field => (Field: field.Key, Fact: field.Value.Prefill is { } fact ? draft.Facts?.Of(fact) : null))
            .Where(field => field.Fact is not null).ToArray();
        foreach (var (field, fact) in fromCity) form[field] = JsonSerializer.SerializeToElement(fact);

        var problems = new List<Refusal>();
        if (definition.Refusal(new Inputs(form, draft.Facts, now)) is { } ineligible)
            problems.Add(Refusal.Conflict("not_eligible", field: null, definition.Refusals[ineligible].In(CultureInfo.CurrentUICulture)));
        problems.AddRange(service.Rules.Faults(form).Select(fault => Refusal.Invalid(
            fault.Code, fault.Field is "" ? "form" : $"form.{fault.Field}", fault is { Least: { } least, Most: { } most } ? [least, most] : [])));

        var types = definition.Materials.Select(material => material.CertificateType).OfType<string>().ToArray();
        var certificates = types is [] ? [] : await db.Certificates.AsNoTracking()
            .Where(certificate => certificate.AccountId == account && types.Contains(certificate.Type) && certificate.RevokedAt == null
                && (certificate.ValidUntil == null || certificate.ValidUntil > now))
            .ToListAsync(cancellationToken);
        var attachments = await db.Attachments.AsNoTracking()
            .Where(attachment => attachment.AccountId == account && draft.Materials.Values.Contains(attachment.Id) && (attachment.UsedBy == null || attachment.UsedBy == matter))
            .Select(attachment => attachment.Id)
            .ToListAsync(cancellationToken);
        problems.AddRange(draft.Materials.Where(given => !attachments.Contains(given.Value)).Select(given => Refusal.Invalid("attachment_unknown", $"materials.{given.Key}")));
        problems.AddRange(draft.Materials.Keys.Where(key => definition.Materials.All(material => material.Key != key))
            .Select(key => Refusal.Invalid("material_unknown", $"materials.{key}")));

        var given = new Dictionary<string, MaterialGiven>();
        foreach (var material in definition.Materials)
        {
            if (material.Source == MaterialSource.Register && draft.Facts is not null) given[material.Key] = new MaterialGiven(MaterialSource.Register);
            else if (certificates.Find(certificate => certificate.Type == material.CertificateType) is { } certificate)
                given[material.Key] = new MaterialGiven(MaterialSource.Certificate, Certificate: certificate.Number);
            else if (draft.Materials.TryGetValue(material.Key, out var attachment)) given[material.Key] = new MaterialGiven(MaterialSource.Applicant, attachment);
        }

        string[] missing = [.. definition.Materials.Select(material => material.Key).Where(key => !given.ContainsKey(key))];
        problems.AddRange(missing.Select(key => Refusal.Invalid("material_missing", $"materials.{key}")));
        return new Preparation(new ApplicationContent(form, given, draft.Facts), [.. fromCity.Select(field => field.Field)], missing, problems);
    }
}
