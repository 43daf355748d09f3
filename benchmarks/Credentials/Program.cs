using SmartCity.Benchmarks.Credentials;

// Prints what the README claims about credentials and rules; every goal is a ratio measured in one run, per second of processor time.
Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}");
CertificateVerification.Run();
RevocationListSize.Run();
RuleEvaluation.Run();
