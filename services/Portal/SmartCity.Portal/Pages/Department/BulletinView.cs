namespace SmartCity.Portal.Pages.Department;

/// <summary>A bulletin, as government services answer it.</summary>
public sealed record BulletinView(
    Guid Id, string Kind, string Department, string DepartmentName, string Title, string Body, BulletinView.Both Texts, int Revision, DateTimeOffset PublishedAt, DateTimeOffset? CorrectedAt, string? Reason,
    IReadOnlyList<BulletinView.Source>? Evidence = null)
{
    public sealed record Both(Text Zh, Text En);

    public sealed record Text(string Title, string Body);

    public sealed record Source(string Title, string Address);
}

/// <summary>What an officer writes into a bulletin.</summary>
public sealed class BulletinForm
{
    public string? Kind { get; set; }

    public string? TitleZh { get; set; }

    public string? BodyZh { get; set; }

    public string? TitleEn { get; set; }

    public string? BodyEn { get; set; }

    public string? EvidenceZh { get; set; }

    public string? EvidenceEn { get; set; }

    public string? EvidenceAddress { get; set; }

    public object[] Evidence => EvidenceAddress?.Trim() is { Length: > 0 } address ? [new { title = new { zh = EvidenceZh?.Trim() ?? "", en = EvidenceEn?.Trim() ?? "" }, address }] : [];

    public object Title => new { zh = TitleZh?.Trim() ?? "", en = TitleEn?.Trim() ?? "" };

    public object Body => new { zh = BodyZh?.Trim() ?? "", en = BodyEn?.Trim() ?? "" };

    public static BulletinForm Of(BulletinView bulletin) =>
        new()
        {
            Kind = bulletin.Kind, TitleZh = bulletin.Texts.Zh.Title, BodyZh = bulletin.Texts.Zh.Body, TitleEn = bulletin.Texts.En.Title, BodyEn = bulletin.Texts.En.Body,
            EvidenceZh = bulletin.Evidence?.FirstOrDefault()?.Title, EvidenceEn = bulletin.Evidence?.FirstOrDefault()?.Title, EvidenceAddress = bulletin.Evidence?.FirstOrDefault()?.Address,
        };
}
