namespace SmartCity.Portal.Pages.Citizen;

/// <summary>A person's code, as the health code service answers it.</summary>
public sealed record HealthCodeView(string Color, DateTimeOffset ValidUntil, long Version, HealthCodeView.Explanation Reason)
{
    public sealed record Explanation(string Text, string Change, IReadOnlyList<Evidence> Evidence);

    public sealed record Evidence(Guid Id, string Kind, DateTimeOffset At, string Source, DateTimeOffset? Until = null, int? Minutes = null);
}

/// <summary>What the city knows of a person.</summary>
public sealed record RegistrationView(Guid CitizenId, string Name, string CitizenNumber, DateTimeOffset RegisteredAt, string? Phone = null, string? HomeCell = null);
