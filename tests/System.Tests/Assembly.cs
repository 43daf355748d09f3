using System.Runtime.Versioning;
using SmartCity.System.Tests;

[assembly: SupportedOSPlatform("linux")]

[assembly: AssemblyFixture(typeof(RunningCity))]

// One city, one clock: what one test does to it, the others would see.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
