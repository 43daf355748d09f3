namespace SmartCity.Messaging.Tests.Sample;

/// <summary>The sample service's event.</summary>
public sealed record CaseNoted(string Patient, int Number, Severity Severity = Severity.Mild);

public enum Severity { Mild, Severe }

/// <summary>The same kind of fact, heard by a consumer on plain Npgsql.</summary>
public sealed record VisitNoted(string Place);

/// <summary>Nobody in the sample listens to it.</summary>
public sealed record Rumour(string Text);
