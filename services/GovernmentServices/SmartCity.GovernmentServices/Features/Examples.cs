using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Certificates;

namespace SmartCity.GovernmentServices.Features;

/// <summary>What the OpenAPI document shows: one application from its draft to its certificate.</summary>
internal static class Examples
{
    public static readonly Guid Id = Guid.Parse("01925a3e-0000-7000-8000-000000000001");

    public static readonly DateTimeOffset At = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyDictionary<string, JsonElement> Form = ((JsonObject)JsonNode.Parse("""
        { "eventName": "春季书展", "place": "人民广场", "startsOn": "2022-03-20", "endsOn": "2022-03-21", "attendance": 800 }
        """)!).ToDictionary(field => field.Key, field => field.Value.Deserialize<JsonElement>());

    public static DraftRequest DraftRequest => new(Form);

    public static DraftView Draft => new(
        "event-permit", 1, At, Form, ["applicantName", "citizenNumber"],
        [new NeededMaterial("identity", "身份证明 / Proof of identity", MaterialSource.Register), new NeededMaterial("plan", "活动方案 / Plan of the event")],
        [new DraftProblem("material_missing", "materials.plan")]);

    public static SubmitRequest SubmitRequest => new("event-permit", Form, new Dictionary<string, Guid> { ["plan"] = Id });

    public static CorrectRequest CorrectRequest => new(Form);

    public static ApplicationSummary ApplicationSummary => new(
        Id, "event-permit", "大型活动许可 / Event permit", ApplicationState.InProgress, "review", "部门会审 / Departments review it", At, At.AddDays(5), Overdue: false);

    public static MyApplication MyApplication => new(
        ApplicationSummary, Form, ["applicantName", "citizenNumber"],
        new Dictionary<string, MaterialGiven> { ["identity"] = new(MaterialSource.Register), ["plan"] = new(MaterialSource.Applicant, Id) },
        [new EntryView(1, At, EntryKind.Submitted, "您提交了申请 / You submitted the application")]);

    public static DataUseView DataUse => new(Id, "event-permit", "大型活动许可 / Event permit", ["person.name", "person.citizenNumber"], At, At, Id);

    public static StepSummary StepSummary => new(
        Id, Id, "event-permit", "大型活动许可 / Event permit", "security", "安全保卫审查 / Public order", At, At.AddDays(5), Overdue: false, At.AddDays(2), Claimed: ClaimedBy.Me);

    public static DepartmentStep DepartmentStep => new(
        StepSummary, [new StepField("attendance", "预计人数 / Expected attendance", Form["attendance"], FromCity: false)],
        new Dictionary<string, MaterialGiven> { ["plan"] = new(MaterialSource.Applicant, Id) },
        [new StepOpinion("epidemic", "卫生健康委员会 / Health Commission", StepOutcome.Approved, At)]);

    public const string Credential = "eyJhbGciOiJFUzI1NiIsInR5cCI6InZjK3NkLWp3dCIsImtpZCI6Ii4uLiJ9.eyJ...Ijp7fX0.Zm9v...~WyJzYWx0IiwgIm5hbWUiXQ~";

    private const string Number = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";

    public static CertificateView Certificate => new(
        Id, Number, "event-permit", "大型活动许可证 / Event permit", "公安局 / Public Security Bureau", CertificateState.Valid, At, Id, At.AddDays(30));

    public static PublicCertificate PublicCertificate => new(
        Number, "event-permit", "大型活动许可证 / Event permit", "公安局 / Public Security Bureau", CertificateState.Valid, At, At.AddDays(30));

    public static Verification Verification => new(
        CertificateVerdict.Valid, "真实有效 / Genuine and in force", Number, "event-permit", "公安局", At, At.AddDays(30),
        new Dictionary<string, JsonElement> { ["eventName"] = Form["eventName"] });
}
