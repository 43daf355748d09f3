using SmartCity.GovernmentServices.Domain;
using SmartCity.GovernmentServices.Domain.SharedData;

namespace Conformance.Tests;

/// <summary>The catalogue of open data keeps every shape that DCAT-AP publishes (SHACL): what must be there, how often, and of which kind.</summary>
public sealed class DcatAp
{
    private const string Sh = "http://www.w3.org/ns/shacl#";
    private const string Type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

    private static readonly Graph Catalogue = Graph.Parse(DcatCatalogue.Describe("https://city.example/government-services/v1",
    [
        Asset("01985a6e-2f00-7a51-9c9e-6a1f0f8d2b10", "government-services", UpdateFrequency.Continuous),
        Asset("01985a6e-2f00-7a51-9c9e-6a1f0f8d2b11", "health-commission", UpdateFrequency.Irregular),
    ]).ToTurtle());

    [Fact]
    public void Our_catalogue_keeps_every_shape() => Subject.Run("dcat-ap", Cases(Catalogue));

    [Fact]
    public void A_catalogue_that_lacks_something_is_found_out()
    {
        var withoutTitles = new Graph([.. Catalogue.Triples.Where(triple => triple.Predicate != "http://purl.org/dc/terms/title")]);
        var untypedPublisher = new Graph([.. Catalogue.Triples.Where(triple => triple.Object.Text != "http://xmlns.com/foaf/0.1/Agent")]);

        Misses(withoutTitles).ShouldContain(miss => miss.Contains("title", StringComparison.Ordinal));
        Misses(untypedPublisher).ShouldContain(miss => miss.Contains("publisher", StringComparison.Ordinal));
    }

    private static string[] Misses(Graph catalogue) => [.. Cases(catalogue).Select(one => one.Miss()).OfType<string>()];

    private static IEnumerable<Case> Cases(Graph catalogue) =>
        from file in ReferenceData.Files(ReferenceData.Folder("dcat-ap"), "*SHACL.ttl")
        let shapes = Graph.Parse(File.ReadAllText(file))
        from shape in shapes.Subjects(Type, $"{Sh}NodeShape")
        from target in shapes.Objects(shape, $"{Sh}targetClass")
        from property in shapes.Objects(shape, $"{Sh}property")
        select new Case(
            property.Text,
            () => catalogue.Subjects(Type, target.Text).Select(node => Violation(catalogue, node, shapes, property.Text)).FirstOrDefault(miss => miss is not null));

    private static string? Violation(Graph catalogue, string node, Graph shapes, string shape)
    {
        var path = shapes.Objects(shape, $"{Sh}path").Single().Text;
        var values = catalogue.Objects(node, path).ToArray();
        foreach (var (constraint, wanted) in shapes.Of(shape))
        {
            var kept = constraint switch
            {
                $"{Sh}minCount" => values.Length >= int.Parse(wanted.Text),
                $"{Sh}maxCount" => values.Length <= int.Parse(wanted.Text),
                $"{Sh}class" => values.All(value => catalogue.Has(value.Text, Type, wanted.Text)),
                $"{Sh}datatype" => values.All(value => value.Datatype == wanted.Text),
                $"{Sh}nodeKind" when wanted.Text == $"{Sh}Literal" => values.All(value => !value.IsResource),
                $"{Sh}nodeKind" when wanted.Text == $"{Sh}BlankNodeOrIRI" => values.All(value => value.IsResource),
                $"{Sh}path" or $"{Sh}name" or $"{Sh}description" or Type => true,
                _ when constraint.StartsWith(Sh, StringComparison.Ordinal) => throw new NotSupportedException($"The shapes use {constraint}, which this test does not know."),
                _ => true,
            };
            if (!kept) return $"{node}: {path} breaks {constraint} {wanted.Text}";
        }

        return null;
    }

    private static OpenAsset Asset(string id, string department, UpdateFrequency frequency) => new(
        Guid.Parse(id), department, new LocalText("部门", "A department"), new LocalText("数据", "Data, \"quoted\""), new LocalText("说明\n第二行", "Lines\nof text"), frequency,
        new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
}
