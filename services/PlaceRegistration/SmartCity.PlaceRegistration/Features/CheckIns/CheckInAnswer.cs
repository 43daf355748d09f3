using System.Globalization;
using System.Resources;
using SmartCity.PlaceRegistration.Domain;

namespace SmartCity.PlaceRegistration.Features.CheckIns;

/// <summary>What became of a check-in. A refusal by the admission rules is an answer too, and leaves no trace.</summary>
/// <param name="Decision">Admitted, refused, or, for a visit handed in late, recorded.</param>
/// <param name="Reason">Why, as a stable code.</param>
/// <param name="Text">Why and what to do next, in the caller's language.</param>
/// <param name="Notices">What somebody who may enter is told beside it: wear a mask, nearly full, take a test.</param>
/// <param name="PlaceId">The place.</param>
/// <param name="PlaceName">Its name, for the visitor to compare with the door.</param>
/// <param name="VisitId">The visit; absent where nothing was recorded.</param>
/// <param name="ArrivedAt">When the visit began.</param>
/// <param name="IsLate">Handed in after the fact.</param>
public sealed record CheckInAnswer(
    CheckInDecision Decision, string Reason, string Text, IReadOnlyList<Notice> Notices, Guid PlaceId, string PlaceName, Guid? VisitId, DateTimeOffset ArrivedAt, bool IsLate)
{
    private static readonly ResourceManager Texts = new("SmartCity.PlaceRegistration.Resources.Reasons", typeof(CheckInAnswer).Assembly);

    internal static CheckInAnswer Of(Reception reception) => new(
        reception.Admission.Decision,
        reception.Admission.Reason,
        TextOf(reception.Admission.Reason),
        [.. reception.Admission.Notices.Select(code => new Notice(code, TextOf(code)))],
        reception.Arrival.Place.Id,
        reception.Arrival.Place.Name,
        reception.Visit?.Id,
        reception.Visit?.ArrivedAt ?? reception.Arrival.Stay.ArrivedAt,
        reception.Visit?.IsLate ?? reception.Arrival.Stay.IsLate);

    private static string TextOf(string code) => Texts.GetString(code, CultureInfo.CurrentUICulture) ?? code;
}

/// <summary>Something that a visitor is told.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Text">In the caller's language.</param>
public sealed record Notice(string Code, string Text);
