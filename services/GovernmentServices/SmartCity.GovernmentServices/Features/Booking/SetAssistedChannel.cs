using Microsoft.AspNetCore.Http.HttpResults;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;
using SmartCity.ServiceDefaults;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A member of staff says by which channel people come to them: what they book for these then counts against that channel's quota.</summary>
internal static class SetAssistedChannel
{
    public static void Map(IEndpointRouteBuilder features) => features.MapPut("/me/assisted-channel", HandleAsync)
        .WithName("SetAssistedChannel")
        .WithTags("Booking")
        .WithSummary("Sets the channel by which people come to the caller: grid workers are at the door, counter staff at the counter or on the phone.")
        .WithExample(new SetAssistedChannelRequest(BookingChannel.Phone))
        .Allow(Roles.GridWorker, Roles.CounterStaff);

    private static async Task<Results<NoContent, Refusal>> HandleAsync(
        SetAssistedChannelRequest request, Caller caller, GovernmentServicesDb db, CancellationToken cancellationToken)
    {
        var fits = request.Channel switch
        {
            BookingChannel.GridWorker => caller.Is(Roles.GridWorker),
            BookingChannel.Counter or BookingChannel.Phone => caller.Is(Roles.CounterStaff),
            BookingChannel.Online => true,
            _ => throw new InvalidOperationException($"Unknown channel {request.Channel}."),
        };
        if (!fits) return Refusal.Invalid("channel_not_yours", "channel");
        if (await db.Assistants.FindAsync([caller.AccountId], cancellationToken) is { } known) known.Channel = request.Channel;
        else db.Add(new Assistant { AccountId = caller.AccountId, Channel = request.Channel });
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary>How people come.</summary>
/// <param name="Channel">One that fits the caller's role.</param>
public sealed record SetAssistedChannelRequest(BookingChannel Channel);
