using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>What the OpenAPI document shows, shared by the operations of bulletins.</summary>
internal static class Examples
{
    private static readonly ShortText Title = new("关于“东湖水源受污染”的辟谣", "East Lake's water is not polluted");

    private static readonly LongText Body = new("今日检测的十二项指标全部合格。", "All twelve values measured today are within their limits.");

    private static readonly ShortText Reason = new("补充检测时间", "The time of the measurement was added");

    private static readonly BulletinTexts Texts = new(new BulletinText(Title.Zh, Body.Zh), new BulletinText(Title.En, Body.En));

    public static readonly PublishBulletinRequest Publish = new(BulletinKind.RumourRebuttal, Title, Body);

    public static readonly CorrectBulletinRequest Correct = new(1, Title, Body, Reason);

    public static readonly BulletinView Bulletin = new(
        Guid.Parse("01954c2a-7d21-7f02-b1c3-55e2a97b1d60"), BulletinKind.RumourRebuttal, "government-services", "Government Services Bureau", Title.En, Body.En,
        Texts, 1, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    public static readonly BulletinRevisionView Revision = new(2, Bulletin.PublishedAt.AddHours(1), Title.En, Body.En, Texts, Reason.En);
}
