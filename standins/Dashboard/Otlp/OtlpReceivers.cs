using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SmartCity.Dashboard.Telemetry;

namespace SmartCity.Dashboard.Otlp;

/// <summary>OTLP by gRPC and by HTTP/protobuf, for whoever has the key.</summary>
internal static class OtlpReceivers
{
    /// <summary>The header of Aspire's dashboard.</summary>
    public const string KeyHeader = "x-otlp-api-key";

    private const long MostBytes = 16 * 1024 * 1024;

    public static void MapOtlp(this IEndpointRouteBuilder endpoints, TelemetryStore store, int grpcPort, int httpPort)
    {
        endpoints.MapGrpcService<TraceReceiver>().RequireHost($"*:{grpcPort}");
        endpoints.MapGrpcService<MetricsReceiver>().RequireHost($"*:{grpcPort}");
        endpoints.MapGrpcService<LogsReceiver>().RequireHost($"*:{grpcPort}");
        Map(endpoints, "/v1/traces", httpPort, ExportTraceServiceRequest.Parser, store.Traces.Add);
        Map(endpoints, "/v1/metrics", httpPort, ExportMetricsServiceRequest.Parser, store.Metrics.Add);
        Map(endpoints, "/v1/logs", httpPort, ExportLogsServiceRequest.Parser, store.Logs.Add);
    }

    public static bool HasKey(HttpRequest request, string key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers[KeyHeader].ToString()), Encoding.UTF8.GetBytes(key));

    private static void Map<T>(IEndpointRouteBuilder endpoints, string path, int port, MessageParser<T> parser, Action<T> add)
        where T : IMessage<T>
    {
        parser = parser.WithDiscardUnknownFields(true);
        endpoints.MapPost(path, async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            if (request.ContentType?.StartsWith("application/x-protobuf", StringComparison.OrdinalIgnoreCase) != true)
                return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
            using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, MostBytes));
            await request.Body.CopyToAsync(body, cancellationToken);
            try
            {
                add(parser.ParseFrom(body.GetBuffer().AsSpan(0, (int)body.Length)));
            }
            catch (InvalidProtocolBufferException)
            {
                return Results.BadRequest();
            }

            // The empty message: everything was taken.
            return Results.Bytes([], "application/x-protobuf");
        }).RequireHost($"*:{port}");
    }
}

internal sealed class TraceReceiver(TelemetryStore store) : TraceService.TraceServiceBase
{
    public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context) =>
        Received.Answer(() => store.Traces.Add(request), new ExportTraceServiceResponse());
}

internal sealed class MetricsReceiver(TelemetryStore store) : MetricsService.MetricsServiceBase
{
    public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context) =>
        Received.Answer(() => store.Metrics.Add(request), new ExportMetricsServiceResponse());
}

internal sealed class LogsReceiver(TelemetryStore store) : LogsService.LogsServiceBase
{
    public override Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context) =>
        Received.Answer(() => store.Logs.Add(request), new ExportLogsServiceResponse());
}

internal static class Received
{
    public static Task<T> Answer<T>(Action keep, T answer)
    {
        try
        {
            keep();
            return Task.FromResult(answer);
        }
        catch (InvalidProtocolBufferException)
        {
            // A span is read only here; what surrounds it was well-formed.
            throw new RpcException(new Status(StatusCode.InvalidArgument, "A span is not a well-formed protobuf message."));
        }
    }
}
