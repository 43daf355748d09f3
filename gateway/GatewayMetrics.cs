using System.Diagnostics;
using System.Diagnostics.Metrics;
using SmartCity.Gateway.Limits;

namespace SmartCity.Gateway;

/// <summary>Meter <c>SmartCity.Gateway</c>. Labels are names of rules and services, never of callers.</summary>
internal static class GatewayMetrics
{
    private static readonly Meter Meter = new("SmartCity.Gateway");
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("smartcity.gateway.requests", description: "Requests by rule and outcome");
    private static readonly Histogram<double> Waits = Meter.CreateHistogram<double>("smartcity.gateway.wait", "s", "From arrival to a place at the service");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("smartcity.gateway.retries", description: "Reads asked of another replica");
    private static readonly Counter<long> Circuits = Meter.CreateCounter<long>("smartcity.gateway.replicas_left_out", description: "Replicas left out because they failed");

    public static void Ended(Passage passage) => Requests.Add(1, new("rule", passage.Name), new("class", passage.Rule.Class.ToString()), new("outcome", passage.Outcome));

    public static void Waited(Passage passage, TimeSpan wait) => Waits.Record(wait.TotalSeconds, new KeyValuePair<string, object?>("class", passage.Rule.Class.ToString()));

    public static void Retried(string service) => Retries.Add(1, new KeyValuePair<string, object?>("service", service));

    public static void LeftOut(string service, string replica) => Circuits.Add(1, new TagList { { "service", service }, { "replica", replica } });

    /// <summary>What can be read off at any moment.</summary>
    public static void Observe(ServiceGates gates)
    {
        Gauge("smartcity.gateway.limit", "How many a service bears at once, as found out", gate => gate.Limit);
        Gauge("smartcity.gateway.inside", "Requests inside a service", gate => gate.Inside);
        Gauge("smartcity.gateway.waiting", "Requests that wait for a place", gate => gate.Waiting);
        Gauge("smartcity.gateway.lasting", "Streams and uploads", gate => gate.Lasting);

        void Gauge(string name, string description, Func<ServiceGate, int> read) => Meter.CreateObservableGauge(
            name, () => gates.All.Select(gate => new Measurement<int>(read(gate.Value), new KeyValuePair<string, object?>("service", gate.Key))), unit: null, description);
    }
}
