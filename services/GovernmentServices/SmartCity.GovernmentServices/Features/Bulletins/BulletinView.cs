using System.Globalization;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Features.Bulletins;

/// <summary>A bulletin as it now stands.</summary>
/// <param name="Id">The bulletin.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Department">Who speaks.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
/// <param name="Title">In the caller's language.</param>
/// <param name="Body">In the caller's language.</param>
/// <param name="Texts">In both languages.</param>
/// <param name="Revision">1 as first published; every correction adds one.</param>
/// <param name="PublishedAt">When it was first published, UTC.</param>
/// <param name="Audience">Whom it is meant for.</param>
/// <param name="Areas">Grid cells that it is about; none is the whole city.</param>
/// <param name="Evidence">What it rests on.</param>
/// <param name="CorrectedAt">When this revision was published, UTC; absent where nothing was corrected.</param>
/// <param name="Reason">Why it was corrected, in the caller's language; absent where nothing was.</param>
public sealed record BulletinView(
    Guid Id, BulletinKind Kind, string Department, string DepartmentName, string Title, string Body, BulletinTexts Texts, int Revision,
    DateTimeOffset PublishedAt, Audience Audience, IReadOnlyList<string> Areas, IReadOnlyList<EvidenceView> Evidence, DateTimeOffset? CorrectedAt = null, string? Reason = null)
{
    /// <summary>How long caches may keep bulletins: a correction is seen everywhere after that time.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);

    internal static BulletinView Of(Bulletin bulletin, BulletinRevision revision, CityDirectory directory)
    {
        var language = CultureInfo.CurrentUICulture;
        return new BulletinView(
            bulletin.Id, bulletin.Kind, bulletin.Department, directory.NameOfDepartment(bulletin.Department),
            revision.Title.In(language), revision.Body.In(language), BulletinTexts.Of(revision), revision.Revision,
            bulletin.PublishedAt, bulletin.Audience, bulletin.Areas, EvidenceView.Of(revision), revision.Revision > 1 ? revision.PublishedAt : null, revision.Reason?.In(language));
    }
}

/// <summary>The texts of a bulletin in both languages.</summary>
/// <param name="Zh">Simplified Chinese.</param>
/// <param name="En">English.</param>
public sealed record BulletinTexts(BulletinText Zh, BulletinText En)
{
    internal static BulletinTexts Of(BulletinRevision revision) =>
        new(new BulletinText(revision.Title.Zh, revision.Body.Zh), new BulletinText(revision.Title.En, revision.Body.En));
}

/// <summary>The text of a bulletin in one language.</summary>
/// <param name="Title">The title.</param>
/// <param name="Body">The body, plain text.</param>
public sealed record BulletinText(string Title, string Body);

/// <summary>What a bulletin rests on.</summary>
/// <param name="Title">What is found there, in the caller's language.</param>
/// <param name="Address">Where.</param>
public sealed record EvidenceView(string Title, string Address)
{
    internal static IReadOnlyList<EvidenceView> Of(BulletinRevision revision) =>
        [.. revision.Evidence.Select(one => new EvidenceView(one.Title.In(CultureInfo.CurrentUICulture), one.Address))];
}
