using SmartCity.System.Tests;

[assembly: AssemblyFixture(typeof(RunningCity))]

// One city, one clock: what one test does to it, the others would see.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
