namespace DotNet.Testcontainers;

/// <summary>A server's directory under the system's temporary one; what a killed test run left behind goes with the next.</summary>
public static class TemporaryDirectory
{
    private const string Prefix = "smartcity-test-";

    public static string New(string server)
    {
        foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
            if (int.TryParse(Path.GetFileName(directory)[Prefix.Length..].Split('-')[0], out var owner) && !Directory.Exists($"/proc/{owner}"))
                Delete(directory);

        // The path holds the owner's process id, and only the last part is the server's own, so that root's server user gets there.
        return Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{server}-{Guid.NewGuid():N}");
    }

    public static void Delete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException or IOException)
        {
            // Another user's, or a dying server still writes into it: the next run tries again.
        }
    }
}
