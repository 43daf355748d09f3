using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Signing;

/// <summary>Gives a service keys of its own to sign with.</summary>
public static class SigningExtensions
{
    /// <summary>Adds <see cref="SigningKeys"/>, kept in the service's own database. Needs <c>AddPersonalData</c>, which seals the private parts.</summary>
    /// <typeparam name="TDb">The service's context, whose model has <see cref="AddSigningKeys(ModelBuilder)"/>.</typeparam>
    /// <param name="services">The service's collection.</param>
    /// <param name="schedule">When which key signs.</param>
    /// <param name="clock">Which clock decides; the city's where none is named.</param>
    public static IServiceCollection AddSigningKeys<TDb>(
        this IServiceCollection services, Func<IServiceProvider, KeySchedule> schedule, Func<IServiceProvider, TimeProvider>? clock = null)
        where TDb : DbContext =>
        services.AddSingleton(provider => new SigningKeys(
            schedule(provider), scope => scope.GetRequiredService<TDb>(), clock?.Invoke(provider) ?? provider.GetRequiredService<TimeProvider>(), provider));

    /// <summary>Adds the table <c>signing_keys</c>.</summary>
    public static ModelBuilder AddSigningKeys(this ModelBuilder model) => model.Entity<SigningKey>(key =>
    {
        key.ToTable("signing_keys");
        key.HasIndex(k => k.KeyId).IsUnique();
    });
}
