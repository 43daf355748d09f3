namespace SmartCity.Architecture.Tests;

/// <summary>The checkout that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Source files below a folder of the checkout, without what a build leaves there.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories).Where(file => !Relative(file).Split('/').Any(part => part is "bin" or "obj"));

    /// <summary>The path from the root, as it reads in a message.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SmartCity.sln"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("The tests run outside of a checkout.");
    }
}
