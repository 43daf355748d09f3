namespace SmartCity.HealthCode.Credentials;

/// <summary>Why a credential is not accepted.</summary>
/// <param name="Fault">The step that refused it.</param>
/// <param name="Detail">For logs and developers, in English; people are shown a text for <paramref name="Fault"/>.</param>
public sealed record Refusal(CredentialFault Fault, string Detail);
