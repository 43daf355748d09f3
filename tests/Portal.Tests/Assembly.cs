using System.Runtime.Versioning;
using SmartCity.Portal.Tests;

[assembly: SupportedOSPlatform("linux")]

[assembly: AssemblyFixture(typeof(PortalCity))]

// One city and one browser on few cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
