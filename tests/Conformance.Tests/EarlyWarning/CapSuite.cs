using SmartCity.EarlyWarning.Cap;

namespace Conformance.Tests.EarlyWarning;

/// <summary>Alerts that were published, and alerts broken on purpose, which their name says (<c>invalid*</c>, <c>*_errors</c>): those must be refused with a reason.</summary>
public sealed class CapSuite
{
    [Fact]
    public void Sound_alerts_are_read_and_broken_ones_refused_with_a_reason()
    {
        var folder = ReferenceData.Folder(Path.Combine("cap", "examples"));
        Subject.Run("cap", ReferenceData.Files(folder, "*.cap").Select(file => new Case(Path.GetRelativePath(folder, file).Replace('\\', '/'), () => Differs(file))));
    }

    private static string? Differs(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var broken = name.StartsWith("invalid", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_errors", StringComparison.OrdinalIgnoreCase);
        var sound = CapReader.TryRead(File.ReadAllBytes(file), out _, out var faults);
        return sound != broken ? null
            : sound ? "is accepted"
            : string.Join("; ", faults.Select(fault => $"{fault.Code} at {fault.Where}: {fault.Detail}"));
    }
}
