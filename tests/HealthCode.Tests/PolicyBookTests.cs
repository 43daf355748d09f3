using SmartCity.HealthCode.Data;

namespace SmartCity.HealthCode.Tests;

public sealed class PolicyBookTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_folder_that_is_empty_or_missing_puts_nothing_in_force()
    {
        PolicyBook.Read(folder).InForce(DateTimeOffset.UnixEpoch).ShouldBeNull();
        PolicyBook.Read(Path.Combine(folder, "missing")).InForce(DateTimeOffset.UnixEpoch).ShouldBeNull();
    }

    [Theory]
    [InlineData("\"plusTime\"", "\"plusTmie\"")]
    [InlineData("\"when\": true", "\"when\": 1")]
    [InlineData("\"when\": true", "\"when\": {\"var\": \"fact.minutes\"}")]
    [InlineData("\"var\": \"fact.at\"", "\"var\": \"fact.minutes\"")]
    [InlineData("\"day\"", "\"week\"")]
    [InlineData("\"color\": \"red\"", "\"color\": \"green\"")]
    [InlineData("\"color\": \"red\"", "\"color\": \"pink\"")]
    [InlineData("\"exposure\"", "\"rumour\"")]
    [InlineData("\"when\": true", "\"wehn\": true")]
    [InlineData("\"id\": \"close-contact\"", "\"id\": \"positive-result\"")]
    [InlineData("\"hours\": 24", "\"hours\": 0")]
    [InlineData("\"sameIllnessDays\": 90", "\"sameIllnessDays\": -1")]
    [InlineData("\"zh\": \"检测机构报告您的检测结果为阳性。\"", "\"zh\": null")]
    [InlineData("\"version\": \"2022-1\",", "")]
    public void A_document_that_is_wrong_in_one_place_is_not_read(string right, string wrong)
    {
        Write("policy.json", Shipped.Replace(right, wrong));

        Shipped.ShouldContain(right);
        Should.Throw<InvalidDataException>(() => PolicyBook.Read(folder)).Message.ShouldContain("policy.json");
    }

    [Fact]
    public void Two_documents_of_one_version_are_not_read()
    {
        Write("a.json", Shipped);
        Write("b.json", Shipped);

        Should.Throw<InvalidDataException>(() => PolicyBook.Read(folder));
    }

    [Fact]
    public void Of_several_in_force_the_one_that_came_last_holds_and_the_text_of_the_others_stays_known()
    {
        Write("2022-1.json", Shipped);
        Write("2022-2.json", Shipped.Replace("\"version\": \"2022-1\"", "\"version\": \"2022-2\", \"validFrom\": \"2022-04-01T00:00:00Z\", \"validUntil\": \"2022-05-01T00:00:00Z\""));
        var book = PolicyBook.Read(folder);

        book.InForce(At(2022, 3, 31)).ShouldNotBeNull().Version.ShouldBe("2022-1");
        book.InForce(At(2022, 4, 1)).ShouldNotBeNull().Version.ShouldBe("2022-2");
        book.InForce(At(2022, 5, 1)).ShouldNotBeNull().Version.ShouldBe("2022-1");
        book.TextOf("2022-1", "close-contact").ShouldNotBeNull();
        book.TextOf("2021-9", "close-contact").ShouldBeNull();
    }

    private static string Shipped => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Policies", "2022-1.json"));

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    private void Write(string file, string content) => File.WriteAllText(Path.Combine(folder, file), content);
}
