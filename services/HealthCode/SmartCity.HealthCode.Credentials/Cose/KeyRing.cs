using System.Collections.Frozen;

namespace SmartCity.HealthCode.Credentials.Cose;

/// <summary>The keys that are trusted, by id. Immutable: a new trust list is a new ring.</summary>
/// <param name="keys">Keys; several may share an id, because ids are truncated hashes.</param>
public sealed class KeyRing(IEnumerable<VerificationKey> keys)
{
    private readonly FrozenDictionary<KeyId, VerificationKey[]> _keys =
        keys.GroupBy(key => key.Id).ToFrozenDictionary(same => same.Key, same => same.ToArray());

    /// <summary>All keys with this id.</summary>
    /// <param name="id">The id that a message names.</param>
    public IReadOnlyList<VerificationKey> Find(KeyId id) => _keys.GetValueOrDefault(id, []);
}
