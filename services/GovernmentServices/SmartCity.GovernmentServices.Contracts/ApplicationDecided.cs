namespace SmartCity.GovernmentServices.Contracts;

/// <summary>An application for a service of the city came to its end. Carries neither its content nor its applicant.</summary>
/// <param name="ApplicationId">The application.</param>
/// <param name="Service">What for, from the service's published catalogue.</param>
/// <param name="Outcome"><c>approved</c>, <c>refused</c>, or <c>withdrawn</c> by the applicant.</param>
/// <param name="DecidedAt">When, UTC. An application ends once.</param>
public sealed record ApplicationDecided(Guid ApplicationId, string Service, string Outcome, DateTimeOffset DecidedAt);
