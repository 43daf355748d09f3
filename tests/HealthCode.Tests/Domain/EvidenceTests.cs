using SmartCity.HealthCode.Domain;

namespace SmartCity.HealthCode.Tests.Domain;

public sealed class EvidenceTests
{
    private static readonly DateTimeOffset Start = new(2022, 3, 20, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_said_last_holds_in_whatever_order_it_arrives()
    {
        Action<Evidence>[] words = [Detected(1, 20), Withdrawn(2), Detected(3, 40), Withdrawn(4), Detected(5, 60)];

        foreach (var order in Orders(words))
        {
            var evidence = new Evidence();
            foreach (var word in order) word(evidence);

            (evidence.Holds, evidence.Minutes).ShouldBe((true, 60));
        }
    }

    [Fact]
    public void A_withdrawal_holds_in_whatever_order_it_arrives_also_against_words_of_the_same_moment()
    {
        Action<Evidence>[] words = [Detected(1, 20), Detected(2, 40), Withdrawn(2)];

        foreach (var order in Orders(words))
        {
            var evidence = new Evidence();
            foreach (var word in order) word(evidence);

            evidence.Holds.ShouldBeFalse();
        }
    }

    [Fact]
    public void Hearing_the_same_twice_changes_nothing()
    {
        var evidence = new Evidence();

        evidence.State(Start, 20, Start).ShouldBeTrue();
        evidence.State(Start, 20, Start).ShouldBeFalse();
        evidence.Withdraw(Start.AddMinutes(1)).ShouldBeTrue();
        evidence.Withdraw(Start.AddMinutes(1)).ShouldBeFalse();
    }

    private static Action<Evidence> Detected(int at, int minutes) => evidence => evidence.State(Start, minutes, Start.AddMinutes(at));

    private static Action<Evidence> Withdrawn(int at) => evidence => evidence.Withdraw(Start.AddMinutes(at));

    private static IEnumerable<IEnumerable<T>> Orders<T>(IReadOnlyCollection<T> items) =>
        items.Count == 0 ? [[]] : items.SelectMany((item, index) => Orders([.. items.Where((_, other) => other != index)]).Select(rest => rest.Prepend(item)));
}
