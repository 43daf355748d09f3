using System.Text.Json;
using System.Text.Json.Nodes;
using SmartCity.GovernmentServices.Certificates;
using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.Applications;
using SmartCity.GovernmentServices.Domain.Certificates;
using SmartCity.GovernmentServices.Features.Applications;
using SmartCity.GovernmentServices.Features.Bulletins;
using SmartCity.GovernmentServices.Features.Certificates;
using SmartCity.GovernmentServices.Features.Ratings;
using SmartCity.GovernmentServices.Features.Reports;

namespace SmartCity.GovernmentServices.Features;

/// <summary>What the OpenAPI document shows: one application from its draft to its certificate.</summary>
internal static class Examples
{
    public static readonly Guid Id = Guid.Parse("01925a3e-0000-7000-8000-000000000001");

    public static readonly DateTimeOffset At = new(2022, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyDictionary<string, JsonElement> Form = ((JsonObject)JsonNode.Parse("""
        { "eventName": "春季书展", "place": "人民广场", "startsOn": "2022-03-20", "endsOn": "2022-03-21", "attendance": 800 }
        """)!).ToDictionary(field => field.Key, field => field.Value.Deserialize<JsonElement>());

    public static ServiceSummary ServiceSummary => new(
        "event-permit", "大型活动许可 / Event permit", "举办大型群众性活动的许可。 / Leave to hold a large event.", "public-security", "公安局 / Public Security Bureau", Applicants.Person,
        TimeSpan.FromDays(5));

    public static ServiceView Service => new(
        ServiceSummary, Version: 1, "年满十八岁 / Who is eighteen or older", [new MaterialView("plan", "活动方案 / Plan of the event", MaterialSource.Applicant)],
        JsonSerializer.SerializeToElement(new { type = "object", properties = new { attendance = new { type = "integer", minimum = 1 } }, required = new[] { "attendance" } }),
        [new FieldView("attendance", "预计人数 / Expected attendance", KnownToCity: false)],
        [new StageView("review", "部门会审 / Departments review it", ["公安局 / Public Security Bureau"], TimeSpan.FromDays(2))], "大型活动许可证 / Event permit");

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

    public static FileReportRequest FileReportRequest => new("traffic", "路口信号灯不亮。 / The traffic light is out.", new Position(31.2304, 121.4737), [Id]);

    public static MyReportSummary MyReportSummary => new(
        Id, "traffic", "交通出行 / Traffic and transport", "public-security", "公安局 / Public Security Bureau", ReportState.Waiting, At, Handling: 1, At.AddDays(5));

    public static MyReport MyReport => new(
        MyReportSummary, FileReportRequest.Text, [new ReportReadingView("public-security", "公安局 / Public Security Bureau", At)],
        [new ReportEntryView(1, At, ReportEntryKind.Received, "已受理。 / Received.", "public-security")], [new ReportPhotoView(Id, "image/jpeg", 48_213, Released: false)],
        FileReportRequest.Position);

    public static DepartmentReportSummary DepartmentReportSummary => new(
        Id, "traffic", "交通出行 / Traffic and transport", ReportState.Waiting, At, Handling: 1, At.AddDays(5), ReportChannel.App, "3123N12147E");

    public static DepartmentReport DepartmentReport => new(DepartmentReportSummary, FileReportRequest.Text, MyReport.History, MyReport.Photos, FileReportRequest.Position);

    public static PublicReport PublicReport => new(
        Id, "traffic", "交通出行 / Traffic and transport", ReportState.Waiting, Handling: 1, At.AddDays(5), MyReport.History, "3123N12147E");

    public static RateRequest RateRequest => new(RatingLevel.Dissatisfied, "只修好了一盏灯。 / Only one light was mended.", "13800000000");

    public static RatingView Rating => new(
        Id, MatterKind.Report, Id, Handling: 1, RatingLevel.Dissatisfied, "不满意 / Dissatisfied", At, [], RateRequest.Comment,
        new RectificationView(RectificationState.Open, "部门将回访 / The department will call back", At.AddDays(1), At.AddDays(15)));

    public static RectificationSummary RectificationSummary => new(
        Id, MatterKind.Report, Id, "traffic", RatingLevel.Dissatisfied, RectificationState.Open, At, At.AddDays(1), At.AddDays(15));

    public static DepartmentRectification DepartmentRectification => new(RectificationSummary, Rating.Rectification!, RateRequest.Comment, RateRequest.CallBack);

    private static readonly EvidenceRequest Evidence = new(new ShortText("公安局通告", "Notice of the Public Security Bureau"), "https://example.org/notices/12");

    public static PublishBulletinRequest PublishBulletinRequest => new(
        BulletinKind.RumourRebuttal, new ShortText("网传封城消息不实", "No lockdown is planned"), new LongText("全市交通正常。", "Traffic runs as usual in the whole city."), Audience.Everyone,
        ["3123N12147E"], [Evidence]);

    public static CorrectBulletinRequest CorrectBulletinRequest => new(
        1, PublishBulletinRequest.Title, PublishBulletinRequest.Body, new ShortText("补充依据", "Evidence added"), [Evidence]);

    public static BulletinView Bulletin => new(
        Id, BulletinKind.RumourRebuttal, "public-security", "公安局 / Public Security Bureau", "网传封城消息不实 / No lockdown is planned", "全市交通正常。 / Traffic runs as usual.",
        new BulletinTexts(new BulletinText("网传封城消息不实", "全市交通正常。"), new BulletinText("No lockdown is planned", "Traffic runs as usual in the whole city.")), Revision: 1, At,
        Audience.Everyone, ["3123N12147E"], [new EvidenceView("公安局通告 / Notice of the Public Security Bureau", Evidence.Address)]);

    public static BulletinRevisionView BulletinRevision => new(1, At, Bulletin.Title, Bulletin.Body, Bulletin.Texts, Bulletin.Evidence);
}
