using System.Text.Json;

namespace SmartCity.HealthCode.CertLogic;

/// <summary>What a <see cref="LogicValue"/> is.</summary>
public enum LogicKind
{
    /// <summary>JSON null, and whatever is not there.</summary>
    Null,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A number as in JSON and JavaScript: a double, of which CertLogic calculates with whole ones only.</summary>
    Number,

    /// <summary>Text.</summary>
    String,

    /// <summary>A date-time to the millisecond; made by <c>plusTime</c> and <c>dccDateOfBirth</c> only.</summary>
    DateTime,

    /// <summary>A JSON array.</summary>
    Array,

    /// <summary>A JSON object.</summary>
    Object,

    /// <summary>The evaluation failed. Neither true nor false: whoever asked must treat it as "no".</summary>
    Error,
}

/// <summary>
/// Data for and results of CertLogic expressions (specification 1.3.3, "Values"). Immutable, 16 bytes, no allocation for
/// numbers, booleans and date-times. The default value is null.
/// </summary>
public readonly struct LogicValue
{
    private readonly object? _content;
    private readonly double _number;

    private LogicValue(object? content, double number = 0)
    {
        _content = content;
        _number = number;
    }

    private sealed record Marker(LogicKind Kind);

    private sealed record Failure(string Reason);

    private static readonly Marker BooleanMarker = new(LogicKind.Boolean);
    private static readonly Marker NumberMarker = new(LogicKind.Number);
    private static readonly Marker DateTimeMarker = new(LogicKind.DateTime);

    /// <summary>A boolean.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator LogicValue(bool value) => new(BooleanMarker, value ? 1 : 0);

    /// <summary>A number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator LogicValue(double value) => new(NumberMarker, value);

    /// <summary>Text, or null.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator LogicValue(string? value) => new(value);

    /// <summary>An array.</summary>
    /// <param name="items">Its items, which must not be changed any more.</param>
    public static LogicValue Array(params LogicValue[] items) => new(new LogicArray(items));

    /// <summary>An object.</summary>
    /// <param name="properties">Its properties; of two with one name the last counts.</param>
    public static LogicValue Object(params IReadOnlyCollection<KeyValuePair<string, LogicValue>> properties) => new(LogicObject.From(properties));

    /// <summary>An object of many that have the same properties: the names are shared, nothing is copied.</summary>
    /// <param name="names">Its properties' names, each once; must not be changed any more.</param>
    /// <param name="values">As many values in the same order; must not be changed any more.</param>
    public static LogicValue Object(string[] names, LogicValue[] values) => new(new LogicObject(names, values));

    /// <summary>The same value as in JSON.</summary>
    /// <param name="json">Any JSON; its depth was bounded by the parser that read it.</param>
    public static LogicValue From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Array => Array([.. json.EnumerateArray().Select(From)]),
        JsonValueKind.Object => Object(
            [.. json.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, From(property.Value)))]),
        _ => default,
    };

    internal static LogicValue DateTime(long milliseconds) => new(DateTimeMarker, milliseconds);

    internal static LogicValue Error(string reason) => new(new Failure(reason));

    internal static LogicValue Of(LogicObject content) => new(content);

    /// <summary>What this is.</summary>
    public LogicKind Kind => _content switch
    {
        null => LogicKind.Null,
        string => LogicKind.String,
        Marker marker => marker.Kind,
        LogicArray => LogicKind.Array,
        LogicObject => LogicKind.Object,
        _ => LogicKind.Error,
    };

    /// <summary>Whether this is exactly <c>true</c>: what a rule must answer to be fulfilled.</summary>
    public bool IsTrue => ReferenceEquals(_content, BooleanMarker) && _number != 0;

    /// <summary>Why the evaluation failed, or null when it did not.</summary>
    public string? Reason => (_content as Failure)?.Reason;

    /// <summary>The text, when this is text.</summary>
    public string? Text => _content as string;

    /// <summary>The number, when this is a number.</summary>
    public double? Number => ReferenceEquals(_content, NumberMarker) ? _number : null;

    /// <summary>The items, when this is an array.</summary>
    public IReadOnlyList<LogicValue>? Items => (_content as LogicArray)?.Items;

    /// <summary>The properties, when this is an object.</summary>
    public IEnumerable<KeyValuePair<string, LogicValue>>? Properties => (_content as LogicObject)?.Properties;

    /// <summary>The date-time in UTC, when this is one that .NET can express (years 1 to 9999).</summary>
    public DateTimeOffset? Instant => Milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999 and { } milliseconds
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : null;

    /// <summary>
    /// Truth as CertLogic has it, which differs from JavaScript's: empty arrays and objects are falsy too, and date-times and errors are
    /// neither (null).
    /// </summary>
    public bool? Truth => _content switch
    {
        null => false,
        string text => text.Length > 0,
        Marker { Kind: LogicKind.DateTime } => null,
        Marker => _number != 0,
        LogicArray array => array.Items.Length > 0,
        LogicObject @object => @object.Count > 0,
        _ => null,
    };

    /// <summary>The property or item of that name or index; null where there is none.</summary>
    /// <param name="key">A name, or the decimal digits of an index.</param>
    public LogicValue this[string key] => Get(new PathStep(key));

    internal bool IsError => _content is Failure;

    internal bool TryGetInteger(out double integer)
    {
        integer = _number;
        return ReferenceEquals(_content, NumberMarker) && Math.Floor(_number) == _number;
    }

    internal long? Milliseconds => ReferenceEquals(_content, DateTimeMarker) ? (long)_number : null;

    internal LogicArray? AsArray => _content as LogicArray;

    internal LogicValue Get(PathStep step) => _content switch
    {
        LogicObject @object => @object.Get(step.Name),
        LogicArray array when (uint)step.Index < (uint)array.Items.Length => array.Items[step.Index],
        _ => default,
    };

    /// <summary>JavaScript's <c>===</c>: arrays and objects are equal to themselves only, date-times to nothing.</summary>
    internal bool StrictlyEquals(LogicValue other)
    {
        if (_content is string text)
            return other._content is string otherText && text == otherText;
        if (!ReferenceEquals(_content, other._content) || ReferenceEquals(_content, DateTimeMarker))
            return false;
        return _content is not Marker || _number == other._number;
    }
}
