namespace Conformance.Tests;

/// <summary>Published test data lies beside the repository and is never committed: SMARTCITY_REFERENCE_DATA, or ../shared/data.</summary>
internal static class ReferenceData
{
    /// <summary>The folder of that name; where there is none, the calling test is skipped and says what it missed.</summary>
    public static string Folder(string name)
    {
        var folder = Path.Combine(Root(), name);
        Assert.SkipUnless(Directory.Exists(folder), $"No reference data: {folder} is absent (SMARTCITY_REFERENCE_DATA names the folder above it).");
        return folder;
    }

    /// <summary>Files at any depth, in a stable order, so that what is added later is found without a list.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("SMARTCITY_REFERENCE_DATA") is { Length: > 0 } named)
            return Path.GetFullPath(named);

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SmartCity.sln")))
            folder = folder.Parent;
        return Path.GetFullPath(Path.Combine(folder?.FullName ?? ".", "..", "shared", "data"));
    }
}
