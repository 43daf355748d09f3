using System.Reflection;
using System.Text;

namespace SmartCity.Architecture.Tests;

/// <summary>Events are promises to other departments: a change of one is a visible line in the diff of the approved file.</summary>
public sealed class ContractTests
{
    private static readonly Assembly[] Contracts =
    [
        typeof(HealthCode.Contracts.CaseConfirmed).Assembly, typeof(PlaceRegistration.Contracts.ExposureDetected).Assembly,
        typeof(GovernmentServices.Contracts.ReportReceived).Assembly, typeof(EarlyWarning.Contracts.WarningIssued).Assembly,
    ];

    /// <summary>What identifies a person, in any spelling, has no place in an event.</summary>
    private static readonly string[] Private = ["Name", "Phone", "CitizenNumber", "IdNumber", "Address", "Birth", "Text", "Outcome", "Latitude", "Longitude"];

    [Fact]
    public void Events_are_as_approved()
    {
        var approved = Path.Combine(Repository.Root, "tests", "Architecture.Tests", "events.approved.txt");
        var now = new StringBuilder();
        foreach (var message in Events())
        {
            now.Append(message.FullName).Append('(');
            now.AppendJoin(", ", message.GetConstructors().Single(constructor => constructor.GetParameters().Length > 0 && constructor.GetParameters()[0].ParameterType != message)
                .GetParameters().Select(parameter => $"{Name(parameter)} {parameter.Name}"));
            now.Append(")\n");
        }

        // If the change is meant, and compatible, approve it by writing it into the file.
        now.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(File.ReadAllLines(approved));
    }

    [Fact]
    public void Events_carry_nothing_that_identifies_a_person()
    {
        var carrying =
            from message in Events()
            from property in message.GetProperties()
            from word in Private
            where property.Name.Contains(word, StringComparison.Ordinal)
            select $"{message.Name}.{property.Name}";

        carrying.ShouldBeEmpty();
    }

    private static IEnumerable<Type> Events() =>
        from assembly in Contracts
        from type in assembly.GetExportedTypes()
        where type is { IsClass: true, IsSealed: true, IsAbstract: false } && type.GetMethod("<Clone>$") is not null && !type.Namespace!.EndsWith(".V1", StringComparison.Ordinal)
        orderby type.FullName
        select type;

    private static string Name(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var optional = type != parameter.ParameterType || new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable;
        return type.Name + (optional ? "?" : "");
    }
}
