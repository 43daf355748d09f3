using System.Runtime.Versioning;
using SmartCity.Chaos.Tests;

[assembly: SupportedOSPlatform("linux")]

[assembly: AssemblyFixture(typeof(ClusteredCity))]

// One city: what one test breaks, the others would miss.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
