namespace SmartCity.Dashboard;

/// <summary>What runs, as the dashboard sees and commands it. Whoever hosts the dashboard implements it.</summary>
public interface IRunningResources
{
    /// <summary>Every replica of every resource, as it is now.</summary>
    IReadOnlyList<RunningResource> All { get; }

    /// <summary>The environment that a replica was last started with, without what it merely inherited.</summary>
    /// <param name="name">The replica's name.</param>
    IReadOnlyList<ResourceVariable> Environment(string name);

    /// <summary>What a replica has printed after a line of a number, as far as it is still in memory.</summary>
    /// <param name="name">The replica's name.</param>
    /// <param name="after">The number of the last line that is known; 0 for none.</param>
    ConsoleLines Console(string name, long after);

    /// <summary>The files that hold all that a replica has printed, the oldest first.</summary>
    /// <param name="name">The replica's name.</param>
    IReadOnlyList<string> ConsoleFiles(string name);

    /// <summary>Starts, stops or restarts a replica. False: there is no such replica or command.</summary>
    /// <param name="name">The replica's name.</param>
    /// <param name="command"><c>start</c>, <c>stop</c> or <c>restart</c>.</param>
    Task<bool> CommandAsync(string name, string command);
}

/// <summary>A replica of a resource.</summary>
/// <param name="Name">Its name, with a number where there are several.</param>
/// <param name="Resource">The resource that it is a replica of.</param>
/// <param name="Kind"><c>Project</c>, <c>Server</c> or <c>Tool</c>.</param>
/// <param name="Source">What it is started from.</param>
/// <param name="State">What it is doing, by Aspire's names.</param>
/// <param name="Healthy">Whether its health check passes.</param>
/// <param name="Restarts">How often it was started anew after a crash.</param>
/// <param name="ProcessId">Its process, where there is one.</param>
/// <param name="Endpoints">Addresses by the names of endpoints.</param>
/// <param name="Urls">Pages for people.</param>
/// <param name="Needs">Resources that it waits for.</param>
/// <param name="LastLines">The last lines that it printed.</param>
public sealed record RunningResource(
    string Name, string Resource, string Kind, string Source, string State, bool Healthy, int Restarts, int? ProcessId, IReadOnlyDictionary<string, string> Endpoints,
    IReadOnlyList<ResourceUrl> Urls, IReadOnlyList<string> Needs, IReadOnlyList<string> LastLines);

/// <summary>A page for people.</summary>
/// <param name="Text">What it is called.</param>
/// <param name="Url">Where it is.</param>
public sealed record ResourceUrl(string Text, string Url);

/// <summary>A variable of a process's environment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Secret">Whether it is shown only on demand.</param>
public sealed record ResourceVariable(string Name, string Value, bool Secret);

/// <summary>Some lines of a console.</summary>
/// <param name="Last">The number of the last of them.</param>
/// <param name="Lines">The lines.</param>
public sealed record ConsoleLines(long Last, IReadOnlyList<string> Lines);
