using System.Globalization;
using System.Resources;

namespace SmartCity.Portal.Web;

/// <summary>Every text of the portal, from <c>Resources/*.resx</c>, in the language of the request. Each key is in one file only.</summary>
internal sealed class Texts
{
    private const string Folder = "SmartCity.Portal.Resources.";
    private const string Extension = ".resources";

    private readonly ResourceManager[] files =
        [.. typeof(Texts).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => new ResourceManager(name[..^Extension.Length], typeof(Texts).Assembly))];

    /// <summary>A text. One that is missing is shown as its key; a test finds it.</summary>
    public string this[string key] => Find(key) ?? key;

    /// <summary>A text with values in its places.</summary>
    public string this[string key, params object?[] values] => string.Format(CultureInfo.CurrentUICulture, this[key], values);

    /// <summary>The text of a word that a service said, such as a state; the word itself where it is new to the portal.</summary>
    public string Word(string group, string? word) => word is null ? "" : Find($"{group}.{word}") ?? word;

    /// <summary>Null where there is none.</summary>
    public string? Find(string key) => files.Select(file => file.GetString(key, CultureInfo.CurrentUICulture)).FirstOrDefault(text => text is not null);
}
