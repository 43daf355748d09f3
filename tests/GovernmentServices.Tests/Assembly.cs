using SmartCity.Testing;

[assembly: AssemblyFixture(typeof(CityServers))]
