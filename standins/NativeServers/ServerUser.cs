using System.Diagnostics;

namespace SmartCity.NativeServers;

/// <summary>The unprivileged user that a server runs as when we are root: PostgreSQL refuses root, RabbitMQ does not need it.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="UserId">The user's number.</param>
/// <param name="GroupId">The number of the user's first group.</param>
public sealed record ServerUser(string Name, int UserId, int GroupId)
{
    internal IEnumerable<string> SetprivOptions => [$"--reuid={UserId}", $"--regid={GroupId}", "--init-groups"];

    /// <summary>The user to drop to, <paramref name="preferred"/> or else nobody; <c>null</c> when we are an ordinary user ourselves.</summary>
    public static ServerUser? Drop(string preferred)
    {
        if (!Environment.IsPrivilegedProcess)
            return null;

        var users = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(field => field.Length > 3 && (field[0] == preferred || field[0] == "nobody"))
            .ToDictionary(field => field[0], field => new ServerUser(field[0], int.Parse(field[2]), int.Parse(field[3])));
        return users.GetValueOrDefault(preferred) ?? users.GetValueOrDefault("nobody")
            ?? throw new InvalidOperationException($"Running as root needs a user '{preferred}' or 'nobody' to drop to, and there is neither.");
    }

    /// <summary>Whether a user other than root gets as far as this directory; a checkout under /root, for one, is closed to it.</summary>
    public static bool CanReach(string directory)
    {
        for (var at = new DirectoryInfo(Path.GetFullPath(directory)); at is not null; at = at.Parent)
            if (at.Exists && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        return true;
    }

    /// <summary>Makes a directory that only this user, or only we ourselves, can read.</summary>
    internal static void MakeDirectory(string directory, ServerUser? owner)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        string[] ownership = owner is null ? [] : ["-o", $"{owner.UserId}", "-g", $"{owner.GroupId}"];
        using var install = Process.Start("install", ["-d", "-m", "700", .. ownership, directory]);
        install.WaitForExit();
        if (install.ExitCode != 0)
            throw new IOException($"'{directory}' cannot be made for {owner?.Name ?? "this user"}.");
    }
}
