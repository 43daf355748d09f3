using SmartCity.Benchmarks.Detection;

// Prints what the README claims about the speed of detection. Wall time counts; CPU time shows what a busy machine hides.
Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}");
FarringtonSpeed.Run();
ScanSpeed.Run();
StreamingSpeed.Run();
BacktestSpeed.Run();
