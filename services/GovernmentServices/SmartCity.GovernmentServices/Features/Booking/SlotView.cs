using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Features.Booking;

/// <summary>A slot.</summary>
/// <param name="Id">The slot.</param>
/// <param name="Service">What is served.</param>
/// <param name="ServiceName">Its name, in the caller's language.</param>
/// <param name="Department">Who serves.</param>
/// <param name="DepartmentName">Their name, in the caller's language.</param>
/// <param name="Place">Where people are to come.</param>
/// <param name="StartsAt">From when, UTC.</param>
/// <param name="EndsAt">Until when, not included, UTC.</param>
/// <param name="Capacity">How many people.</param>
/// <param name="Remaining">How many places were free a moment ago.</param>
/// <param name="Position">Where the place is; absent where it was not said.</param>
public sealed record SlotView(
    Guid Id, string Service, string ServiceName, string Department, string DepartmentName, string Place,
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Capacity, int Remaining, Position? Position = null)
{
    internal static SlotView Of(Slot slot, CityDirectory directory) => new(
        slot.Id, slot.Service, directory.NameOfService(slot.Service), slot.Department, directory.NameOfDepartment(slot.Department), slot.Place,
        slot.StartsAt, slot.EndsAt, slot.Capacity, slot.Capacity - slot.Booked, slot.Position);
}
