using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.ApplicationModel
{
    public abstract class ParameterDefault
    {
        public abstract string GetDefaultValue();
    }

    public sealed class GenerateParameterDefault : ParameterDefault
    {
        private const string LowerCase = "abcdefghjkmnpqrstuvwxyz", UpperCase = "ABCDEFGHJKMNPQRSTUVWXYZ", Digits = "0123456789", Marks = "-_.{}~()*+!";

        public int MinLength { get; set; } = 22;

        public bool Lower { get; set; } = true;

        public bool Upper { get; set; } = true;

        public bool Numeric { get; set; } = true;

        public bool Special { get; set; } = true;

        public override string GetDefaultValue() =>
            RandomNumberGenerator.GetString((Lower ? LowerCase : "") + (Upper ? UpperCase : "") + (Numeric ? Digits : "") + (Special ? Marks : ""), MinLength);
    }

    public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name), IValueProvider
    {
        private string? _value;

        public ParameterDefault? Default { get; set; }

        public bool Secret => secret;

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_value ??= callback(Default));
    }
}

namespace Aspire.Hosting
{
    public static class ParameterResourceBuilderExtensions
    {
        public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.AddResource(new ParameterResource(
                name, _ => Configured(builder, name) ?? throw new DistributedApplicationException($"Parameter '{name}' has no value: set Parameters__{name}."), secret));
        }

        public static IResourceBuilder<ParameterResource> AddParameter(
            this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.AddResource(new ParameterResource(name, _ => Configured(builder, name) ?? value, secret));
        }

        /// <summary>A value that is generated once and then kept in the data directory, so that a second run finds what the first encrypted.</summary>
        public static IResourceBuilder<ParameterResource> AddParameter(
            this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.AddResource(Generated(builder, name, value, secret));
        }

        public static ParameterResource CreateDefaultPasswordParameter(
            IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true,
            int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0) =>
            Generated(builder, name, new GenerateParameterDefault { Lower = lower, Upper = upper, Numeric = numeric, Special = special }, secret: true);

        /// <summary>A server that is run elsewhere.</summary>
        public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
            this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var value = builder.AddParameter(
                $"{name}-connection-string", () => builder.Configuration.GetConnectionString(name)
                    ?? throw new DistributedApplicationException($"Connection string '{name}' has no value: set ConnectionStrings__{name}."), secret: true);
            return builder.AddConnectionString(name, ReferenceExpression.Create($"{value}"));
        }

        /// <summary>An address that is made of other resources'.</summary>
        public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
            this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        }

        public static IResourceBuilder<ParameterResource> AddParameter(
            this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.AddResource(new ParameterResource(name, _ => valueGetter(), secret));
        }

        private static ParameterResource Generated(IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret) =>
            new(name, standard => Configured(builder, name) ?? ((DistributedApplicationBuilder)builder).Data.Secret(name, standard!.GetDefaultValue), secret) { Default = value };

        private static string? Configured(IDistributedApplicationBuilder builder, string name) => builder.Configuration[$"Parameters:{name}"];
    }

    public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
    {
        public ReferenceExpression ConnectionStringExpression => connectionStringExpression;
    }
}
