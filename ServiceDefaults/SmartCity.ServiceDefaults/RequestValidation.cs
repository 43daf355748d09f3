using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.ServiceDefaults;

/// <summary>
/// Checks the <see cref="ValidationAttribute"/>s on a request's members (and on theirs) before a handler sees it, and answers with every field that is wrong,
/// each with a code after the kind of rule: <c>length_invalid</c>, <c>range_invalid</c>, <c>format_invalid</c>, <c>value_invalid</c>.
/// </summary>
/// <remarks>The framework's own validation gives messages in one language and no codes.</remarks>
internal static class RequestValidation
{
    private const int MostErrors = 20;

    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext factory, EndpointFilterDelegate next)
    {
        var checks = factory.MethodInfo.GetParameters()
            .Select((parameter, index) => (Index: index, Name: parameter.Name!, Rules: parameter.GetCustomAttributes<ValidationAttribute>().ToArray(), IsRequest: IsRequest(parameter.ParameterType)))
            .Where(check => check.Rules.Length > 0 || check.IsRequest)
            .ToArray();
        if (checks.Length == 0) return next;

        return invocation =>
        {
            var errors = new List<Refusal>();
            foreach (var (index, name, rules, isRequest) in checks)
            {
                var value = invocation.Arguments[index];
                Check(rules, value, name, errors);
                if (isRequest && value is not null) CheckMembers(value, path: "", errors);
            }

            return errors.Count == 0
                ? next(invocation)
                : ValueTask.FromResult<object?>(new Refusals(errors));
        };
    }

    /// <summary>Requests are the services' own records; everything else is a framework's or a service from the container.</summary>
    private static bool IsRequest(Type type) => type.Namespace?.StartsWith("SmartCity.", StringComparison.Ordinal) == true
        && type is { IsClass: true, IsAbstract: false } && type.GetMethod("<Clone>$") is not null && type != typeof(Caller);

    private static void CheckMembers(object request, string path, List<Refusal> errors)
    {
        foreach (var member in Member.Of(request.GetType()))
        {
            if (errors.Count >= MostErrors) return;
            var value = member.Property.GetValue(request);
            var name = path + JsonNamingPolicy.CamelCase.ConvertName(member.Property.Name);
            Check(member.Rules, value, name, errors);

            if (value is not null && IsRequest(value.GetType())) CheckMembers(value, $"{name}.", errors);
            if (value is string or not IEnumerable) continue;
            var index = 0;
            foreach (var item in (IEnumerable)value)
            {
                if (errors.Count >= MostErrors) return;
                // The JSON reader lets null into a list, whatever the type of the list says.
                if (item is null) errors.Add(Refusal.Invalid("value_missing", $"{name}[{index}]"));
                else if (IsRequest(item.GetType())) CheckMembers(item, $"{name}[{index}].", errors);
                index++;
            }
        }
    }

    private static void Check(ValidationAttribute[] rules, object? value, string field, List<Refusal> errors)
    {
        foreach (var rule in rules)
        {
            if (!rule.IsValid(value)) errors.Add(ToRefusal(rule, field));
        }
    }

    private static Refusal ToRefusal(ValidationAttribute rule, string field) => rule switch
    {
        RequiredAttribute => Refusal.Invalid("value_missing", field),
        StringLengthAttribute length => Refusal.Invalid("length_invalid", field, length.MinimumLength, length.MaximumLength),
        LengthAttribute length => Refusal.Invalid("length_invalid", field, length.MinimumLength, length.MaximumLength),
        RangeAttribute range => Refusal.Invalid("range_invalid", field, range.Minimum, range.Maximum),
        RegularExpressionAttribute or PhoneAttribute or EmailAddressAttribute => Refusal.Invalid("format_invalid", field),
        _ => Refusal.Invalid("value_invalid", field),
    };

    /// <summary>A property with its rules, which stand on the property or, in a record, on the parameter of its constructor.</summary>
    private sealed record Member(PropertyInfo Property, ValidationAttribute[] Rules)
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, Member[]> Known = new();

        public static Member[] Of(Type type) => Known.GetOrAdd(type, static type =>
        {
            var parameters = type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).ToLookup(parameter => parameter.Name);
            return
            [
                .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(property => property.GetIndexParameters().Length == 0)
                    .Select(property => new Member(property,
                    [
                        .. property.GetCustomAttributes<ValidationAttribute>(),
                        .. parameters[property.Name].SelectMany(parameter => parameter.GetCustomAttributes<ValidationAttribute>()),
                    ])),
            ];
        });
    }
}
