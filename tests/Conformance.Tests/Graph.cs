using System.Text.RegularExpressions;

namespace Conformance.Tests;

internal sealed record Term(string Text, bool IsResource, string? Datatype = null);

internal sealed record Triple(string Subject, string Predicate, Term Object);

/// <summary>An RDF graph, read from the part of Turtle that published shapes and our catalogue use: prefixes, lists of predicates and objects, literals.</summary>
internal sealed partial class Graph(IReadOnlyList<Triple> triples)
{
    private readonly ILookup<string, Triple> about = triples.ToLookup(triple => triple.Subject);

    public IReadOnlyList<Triple> Triples => triples;

    public IEnumerable<(string Predicate, Term Object)> Of(string subject) => about[subject].Select(triple => (triple.Predicate, triple.Object));

    public IEnumerable<Term> Objects(string subject, string predicate) => about[subject].Where(triple => triple.Predicate == predicate).Select(triple => triple.Object);

    public IEnumerable<string> Subjects(string predicate, string resource) =>
        triples.Where(triple => triple.Predicate == predicate && triple.Object.Text == resource).Select(triple => triple.Subject).Distinct();

    public bool Has(string subject, string predicate, string resource) => Objects(subject, predicate).Any(value => value.Text == resource);

    public static Graph Parse(string turtle)
    {
        var (triples, prefixes) = (new List<Triple>(), new Dictionary<string, string>());
        var tokens = new Queue<string>(Token().Matches(turtle).Select(match => match.Value).Where(token => !token.StartsWith('#')));
        while (tokens.TryDequeue(out var first))
        {
            if (first == "@prefix")
            {
                prefixes[tokens.Dequeue()] = tokens.Dequeue().Trim('<', '>');
                Expect(tokens, ".");
                continue;
            }

            var subject = Read(first, tokens, prefixes).Text;
            string end;
            do
            {
                var predicate = tokens.Dequeue() is var verb && verb == "a" ? "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" : Read(verb, tokens, prefixes).Text;
                do triples.Add(new Triple(subject, predicate, Read(tokens.Dequeue(), tokens, prefixes)));
                while ((end = tokens.Dequeue()) == ",");
            }
            while (end == ";" && tokens.Peek() != "." );
            if (end != ".") Expect(tokens, ".");
        }

        return new Graph(triples);
    }

    private static Term Read(string token, Queue<string> tokens, Dictionary<string, string> prefixes)
    {
        if (token[0] == '<') return new Term(token[1..^1], IsResource: true);
        if (token[0] != '"')
        {
            if (char.IsAsciiDigit(token[0]) || token is "true" or "false") return new Term(token, IsResource: false);
            var colon = token.IndexOf(':');
            return prefixes.TryGetValue(token[..(colon + 1)], out var space) ? new Term(space + token[(colon + 1)..], IsResource: true) : throw new FormatException($"'{token}' is no term.");
        }

        string? datatype = null;
        if (tokens.Peek() == "^^")
        {
            tokens.Dequeue();
            datatype = Read(tokens.Dequeue(), tokens, prefixes).Text;
        }
        else if (tokens.Peek().StartsWith('@'))
        {
            tokens.Dequeue();
        }

        return new Term(token[1..^1], IsResource: false, datatype);
    }

    private static void Expect(Queue<string> tokens, string what)
    {
        if (tokens.Dequeue() is var token && token != what) throw new FormatException($"'{token}' where '{what}' belongs.");
    }

    [GeneratedRegex("""<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|#[^\n]*|@[A-Za-z][A-Za-z0-9-]*|\^\^|[;,](?=\s|$)|\.(?=\s|$)|[A-Za-z0-9_-]*:[A-Za-z0-9_%/-]*|[0-9]+|\ba\b|true|false""")]
    private static partial Regex Token();
}
