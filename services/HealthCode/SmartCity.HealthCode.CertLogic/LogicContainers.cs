using System.Globalization;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>One step of a data access path: a property's name and, where it is all digits, an index.</summary>
internal readonly struct PathStep(string name)
{
    public string Name { get; } = name;

    public int Index { get; } = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;
}

internal sealed class LogicArray(LogicValue[] items)
{
    private const int WorthHashing = 8;

    // Value sets of hundreds of entries are asked again and again; the set is built at the first question.
    private HashSet<string>? _texts;

    public LogicValue[] Items { get; } = items;

    public bool Contains(LogicValue value)
    {
        if (Items.Length > WorthHashing && value.Text is { } text)
            return (_texts ??= [.. Items.Select(item => item.Text).OfType<string>()]).Contains(text);
        foreach (var item in Items)
        {
            if (item.StrictlyEquals(value))
                return true;
        }
        return false;
    }
}

/// <summary>Few properties are found fastest one after the other; many by hash.</summary>
internal sealed class LogicObject(string[] names, LogicValue[] values)
{
    private const int WorthHashing = 12;

    private readonly Dictionary<string, int>? _positions =
        names.Length > WorthHashing ? names.Select(KeyValuePair.Create).ToDictionary(StringComparer.Ordinal) : null;

    public int Count => names.Length;

    public IEnumerable<KeyValuePair<string, LogicValue>> Properties => names.Zip(values, KeyValuePair.Create);

    public static LogicObject From(IReadOnlyCollection<KeyValuePair<string, LogicValue>> properties)
    {
        var last = new Dictionary<string, LogicValue>(properties.Count, StringComparer.Ordinal);
        foreach (var (name, value) in properties)
            last[name] = value;
        return new([.. last.Keys], [.. last.Values]);
    }

    public LogicValue Get(string name)
    {
        if (_positions is not null)
            return _positions.TryGetValue(name, out var position) ? values[position] : default;
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] == name)
                return values[i];
        }
        return default;
    }
}
