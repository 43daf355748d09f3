using System.Buffers;
using System.Text.RegularExpressions;
using SmartCity.HealthCode.Credentials.Cbor;

namespace SmartCity.HealthCode.Credentials.Dcc;

/// <summary>
/// The rules of the published schema (eHN DCC schema 1.3.3), read generously where issuers of earlier versions differ: a group may be null,
/// and a date may carry a time. Whether codes are in a value set is for business rules to say, not for the schema.
/// </summary>
internal static partial class DccSchema
{
    private const int LongestText = 80;

    // ICAO 9303: the letters of the machine-readable zone.
    private static readonly SearchValues<char> PassportLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ<");

    private static readonly (string Name, CertificateKinds Kind)[] Groups =
        [("v", CertificateKinds.Vaccination), ("t", CertificateKinds.Test), ("r", CertificateKinds.Recovery)];

    /// <summary>Null when the content keeps to the schema, otherwise what is wrong first.</summary>
    public static string? Check(CborValue.Map content)
    {
        if (!Matches(content["ver"], Version()))
            return "ver is not a semantic version";
        if (!Matches(content["dob"], BirthDate()))
            return "dob is not a date from 1900 to 2099";
        if (content["nam"] is not CborValue.Map name)
            return "nam is missing";
        return CheckName(name) ?? CheckGroups(content);
    }

    /// <summary>What the content says; <see cref="CertificateKinds.None"/> where it is not exactly one thing.</summary>
    public static CertificateKinds KindOf(CborValue.Map content)
    {
        var found = CertificateKinds.None;
        foreach (var (name, kind) in Groups)
        {
            if (content[name] is null or CborValue.Null)
                continue;
            if (found != CertificateKinds.None)
                return CertificateKinds.None;
            found = kind;
        }
        return found;
    }

    /// <summary>The items of the group of that kind.</summary>
    public static IReadOnlyList<CborValue> EntriesOf(CborValue.Map content, CertificateKinds kind)
    {
        foreach (var group in Groups)
        {
            if (group.Kind == kind && content[group.Name] is CborValue.Array array)
                return array.Items;
        }
        return [];
    }

    private static string? CheckName(CborValue.Map name)
    {
        if (name["fnt"] is null && name["gnt"] is null)
            return "nam has neither fnt nor gnt";
        foreach (var field in (string[])["fnt", "gnt"])
        {
            if (name[field] is { } value && !(IsText(value) && !((CborValue.Text)value).Value.AsSpan().ContainsAnyExcept(PassportLetters)))
                return $"{field} is not a name in the letters of passports";
        }
        return (name["fn"] ?? name["fnt"] ?? name["gnt"]) is var any && IsText(any) && (name["gn"] is null || IsText(name["gn"]))
            ? null
            : "fn or gn is not a text of at most 80 characters";
    }

    private static string? CheckGroups(CborValue.Map content)
    {
        var kind = KindOf(content);
        if (kind == CertificateKinds.None)
            return "not exactly one of v, t and r";
        var entries = EntriesOf(content, kind);
        // Before 1.3.0 a group could hold several entries.
        if (entries.Count != 1 && !(entries.Count > 1 && EarlyVersion().IsMatch(((CborValue.Text)content["ver"]!).Value)))
            return "the group does not hold exactly one entry";
        foreach (var entry in entries)
        {
            if ((entry is CborValue.Map map ? CheckEntry(map, kind) : "an entry is not a map") is { } fault)
                return fault;
        }
        return null;
    }

    private static string? CheckEntry(CborValue.Map entry, CertificateKinds kind) => kind switch
    {
        CertificateKinds.Vaccination =>
            Require(entry, IsText, "tg", "vp", "mp", "ma", "is", "ci") ?? Require(entry, IsDose, "dn", "sd") ?? Require(entry, IsDate, "dt"),
        CertificateKinds.Test =>
            Require(entry, IsText, "tg", "tt", "tr", "is", "ci") ?? Require(entry, IsDateTime, "sc") ?? Allow(entry, IsText, "nm", "ma", "tc"),
        _ => Require(entry, IsText, "tg", "is", "ci") ?? Require(entry, IsDate, "fr", "df", "du"),
    } ?? Require(entry, IsCountry, "co");

    private static string? Require(CborValue.Map entry, Func<CborValue?, bool> check, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (!check(entry[field]))
                return $"{field} is missing or not in its format";
        }
        return null;
    }

    private static string? Allow(CborValue.Map entry, Func<CborValue?, bool> check, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (entry[field] is { } value and not CborValue.Null && !check(value))
                return $"{field} is not in its format";
        }
        return null;
    }

    private static bool IsText(CborValue? value) => value is CborValue.Text { Value.Length: <= LongestText };

    private static bool IsDose(CborValue? value) => value is CborValue.Integer { Value: >= 1 };

    private static bool IsCountry(CborValue? value) => IsText(value) && ((CborValue.Text)value!).Value.AsSpan().ContainsAnyInRange('A', 'Z');

    private static bool IsDate(CborValue? value) => Matches(value?.Untagged, Date());

    private static bool IsDateTime(CborValue? value) => Matches(value?.Untagged, DateAndTime());

    private static bool Matches(CborValue? value, Regex format) =>
        value is CborValue.Text { Value.Length: <= LongestText } text && format.IsMatch(text.Value);

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9]+\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"^1\.[0-2]\.")]
    private static partial Regex EarlyVersion();

    [GeneratedRegex(@"^((19|20)[0-9]{2}(-[0-9]{2}){0,2}(T[0-9:.]+Z?)?)?\z")]
    private static partial Regex BirthDate();

    [GeneratedRegex(@"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T[0-9:.]+(Z|[+-][0-9:]{1,5})?)?\z")]
    private static partial Regex Date();

    [GeneratedRegex(@"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T[0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]+)?)?(Z|[+-][0-9:]{1,5})?\z")]
    private static partial Regex DateAndTime();
}
