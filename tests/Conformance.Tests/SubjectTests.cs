namespace Conformance.Tests;

public sealed class SubjectTests
{
    private static readonly Case Agreed = new("agreed", () => null);
    private static readonly Case Missed = new("missed", () => "differs");
    private static readonly FaultyCase Misprint = new("s", "missed", "misprint");

    private readonly StringWriter _output = new();

    [Fact]
    public void A_miss_fails_the_subject_and_names_the_case()
    {
        var failure = Should.Throw<ShouldAssertException>(() => Run("s", [Agreed, Missed]));

        failure.Message.ShouldContain("missed: differs");
        _output.ToString().ShouldBe("s: 1 of 2\n");
    }

    [Fact]
    public void An_exception_is_a_miss() =>
        Should.Throw<ShouldAssertException>(() => Run("s", [new Case("thrown", () => throw new FormatException("no"))]))
            .Message.ShouldContain("thrown: FormatException: no");

    [Fact]
    public void A_faulty_case_may_miss_but_only_in_its_own_subject()
    {
        Run("s", [Agreed, Missed], Misprint);

        _output.ToString().ShouldBe("s: missed is listed as faulty (misprint)\ns: 1 of 2\n");
        Should.Throw<ShouldAssertException>(() => Run("other", [Missed], Misprint));
    }

    [Fact]
    public void A_listed_case_that_passes_is_reported()
    {
        Run("s", [Missed with { Miss = () => null }], Misprint);

        _output.ToString().ShouldContain("but passes");
    }

    [Fact]
    public void A_folder_without_cases_fails() => Should.Throw<ShouldAssertException>(() => Run("s", []));

    private void Run(string subject, IEnumerable<Case> cases, params FaultyCase[] faulty) => Subject.Run(subject, cases, faulty, _output);
}
