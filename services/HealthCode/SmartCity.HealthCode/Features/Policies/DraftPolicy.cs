using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SmartCity.HealthCode.Contracts;
using SmartCity.HealthCode.Data;
using SmartCity.HealthCode.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.HealthCode.Features;

/// <summary>A health officer drafts a policy. It is compiled and tried on typical evidence before it is kept, and never changed afterwards.</summary>
internal static class DraftPolicy
{
    public static PolicyDocument Example { get; } = new(
        "2022-3",
        [
            new RuleDocument("positive-result", CodeColor.Red, [EvidenceKind.PositiveResult], JsonElement.Parse("true"), JsonElement.Parse("""{"plusTime":[{"var":"fact.at"},10,"day"]}"""),
                new RuleText(new("A laboratory reported a positive result of yours.", "检测机构报告您的检测结果为阳性。"), new("It turns back after 10 days.", "满10天后自动恢复。"))),
        ],
        new DefaultRule("nothing-known", 24, new RuleText(new("Nothing is known.", "目前没有记录。"), new("A positive result would change it.", "检测结果为阳性将改变赋码。"))),
        new CasePolicy(4, 10, 90, 30, 60));

    public static void Map(RouteGroupBuilder features) => features.MapPost("/policies", HandleAsync)
        .WithName("DraftPolicy")
        .WithSummary("Draft a policy: rules in CertLogic, with their texts")
        .Accepts<PolicyDocument>("application/json")
        .WithExample(Example, ShowPolicies.Example)
        .Allow(Roles.HealthOfficer);

    private static async Task<Results<Created<ShowPolicies.Summary>, Refusal>> HandleAsync(
        HttpRequest request, Caller caller, HealthCodeDb db, PolicyBook policies, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Not bound by the framework: CertLogic nests deeper than other bodies may.
        if (!request.HasJsonContentType()) return new Refusal("media_type_unsupported", StatusCodes.Status415UnsupportedMediaType);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        PolicyDocument? document;
        try
        {
            document = PolicyBook.ReadDocument(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (JsonException wrong)
        {
            return Refusal.Invalid("policy_invalid", wrong.Path, wrong.Path ?? "$");
        }

        if (document is null) return Refusal.Invalid("policy_invalid", field: null, "$");
        if (!Policy.TryCompile(document, out _, out var fault)) return Refusal.Invalid("policy_invalid", field: null, fault);
        var known = policies.IsShipped(document.Version) || await db.Policies.AnyAsync(policy => policy.Version == document.Version, cancellationToken);
        if (known) return Refusal.Conflict("policy_version_taken", "version");

        var release = db.Add(new PolicyRelease
        {
            Version = document.Version, Document = PolicyBook.Write(document), DraftedBy = caller.Actor, DraftedAt = clock.GetUtcNow(),
        }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/health-code/v1/policies/{Uri.EscapeDataString(release.Version)}", ShowPolicies.Summary.Of(release));
    }
}
