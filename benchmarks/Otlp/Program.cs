using SmartCity.Benchmarks.Otlp;

// The dashboard and the services are processes of their own, as in the city; this program starts itself for each.
switch (args)
{
    case ["dashboard", var ports]:
        await Parts.DashboardAsync([.. ports.Split(',').Select(int.Parse)]);
        break;
    case ["sink", var port]:
        await Parts.SinkAsync(int.Parse(port));
        break;
    case ["service", var port, var database]:
        await Parts.ServiceAsync(int.Parse(port), database);
        break;
    default:
        await ReceivingSpans.RunAsync();
        await SlowingServices.RunAsync();
        break;
}
