using System.Net;
using Microsoft.EntityFrameworkCore;
using SmartCity.GovernmentServices.Data;
using SmartCity.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>What <c>{id}</c> in the path of an endpoint means that only the replica which writes the bookable can serve.</summary>
internal enum HolderOf
{
    Bookable,
    Booking,
}

/// <summary>Passes a request on to the replica that writes the bookable, as it is, token included: whoever is asked, the answer is the same.</summary>
internal static class ServedByHolder
{
    private const string PassedOn = "X-Booking-Passed-On";

    /// <summary>Five seconds: a dead holder is replaced after three.</summary>
    private const int Tries = 25;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly ForwarderRequestConfig Patience = new() { ActivityTimeout = TimeSpan.FromSeconds(10) };

    public static RouteHandlerBuilder ServeByHolder(this RouteHandlerBuilder endpoint, HolderOf what) => endpoint.WithMetadata(new Mark(what));

    public static void UseBookingHolders(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Mark>() is not { What: var what }
            || !Guid.TryParse(context.Request.RouteValues["id"] as string, out var id))
        {
            await next(context);
            return;
        }

        var partitions = context.RequestServices.GetRequiredService<BookingPartitions>();
        var bookable = what == HolderOf.Bookable
            ? id
            : await context.RequestServices.GetRequiredService<GovernmentServicesDb>().Bookings
                .Where(booking => booking.Id == id).Select(booking => booking.BookableId).SingleOrDefaultAsync(context.RequestAborted);
        // Who was sent here does not send on: the first replica asks the next holder.
        var passedOn = context.Request.Headers.ContainsKey(PassedOn);
        for (var tries = 1; tries <= (passedOn ? 1 : Tries) && !context.RequestAborted.IsCancellationRequested; tries++)
        {
            try
            {
                if (await partitions.HasHolderAsync(bookable, context.RequestAborted) && (partitions.IsMine(bookable) || !passedOn))
                {
                    if (partitions.IsMine(bookable)) await next(context);
                    else await PassOnAsync(context, partitions.AddressOf(bookable)!);
                    return;
                }
            }
            catch (NotWritableException) when (!context.Response.HasStarted)
            {
                // Between two holders. What is ordered here is safe to repeat, and has no body that could be read only once.
                await Task.Delay(Pause, context.RequestAborted);
            }
        }

        context.Response.Headers.RetryAfter = "1";
        await Refusal.Unavailable("booking_moving").ExecuteAsync(context);
    });

    private static async Task PassOnAsync(HttpContext context, string address)
    {
        var services = context.RequestServices;
        var error = await services.GetRequiredService<IHttpForwarder>().SendAsync(
            context, address, services.GetRequiredService<HttpMessageInvoker>(), Patience, Unchanged.Instance);
        // A holder that has just died, or has just handed over: the next one is there in seconds.
        if ((error != ForwarderError.None || context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.Response.Clear();
            throw new NotWritableException($"The holder does not answer: {error}.");
        }
    }

    private sealed class Unchanged : HttpTransformer
    {
        public static readonly Unchanged Instance = new();

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.TryAddWithoutValidation(PassedOn, "1");
        }

        /// <summary>That the holder has changed is not told the caller: the next one is asked.</summary>
        public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse?.StatusCode != HttpStatusCode.ServiceUnavailable) return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return false;
        }
    }

    private sealed record Mark(HolderOf What);
}
