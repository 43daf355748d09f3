using System.Collections;
using System.Globalization;
using System.Resources;
using SmartCity.GovernmentServices.Data;
using SmartCity.GovernmentServices.Domain;

namespace SmartCity.GovernmentServices.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Reports_that_nobody_answers_for_and_services_that_nobody_may_book_are_faults()
    {
        var name = new LocalText("名称", "Name");
        var directory = new CityDirectory
        {
            Departments = { ["health-commission"] = name }, Supervisor = "health-commission",
            ReportCategories = { ["good"] = new ReportCategory(name, "health-commission"), ["astray"] = new ReportCategory(name, "nowhere") },
            BookableServices = { ["good"] = new BookableService(name, 1), ["closed"] = new BookableService(name, 0) },
        };

        directory.Faults().ShouldBe(
            ["Reports of the category astray go to the department nowhere, which does not exist.", "Nobody may book closed."]);
    }

    [Fact]
    public void Every_problem_has_a_title_and_a_way_out_in_both_languages()
    {
        var (english, chinese) = (Keys(CultureInfo.InvariantCulture), Keys(CultureInfo.GetCultureInfo("zh-CN")));

        english.ShouldNotBeEmpty();
        chinese.ShouldBe(english, ignoreOrder: true);
        english.Where(key => !key.EndsWith(".detail", StringComparison.Ordinal)).ShouldAllBe(code => english.Contains($"{code}.detail"));
    }

    private static string[] Keys(CultureInfo language)
    {
        using var texts = new ResourceManager("SmartCity.GovernmentServices.Resources.Problems", typeof(CityDirectory).Assembly)
            .GetResourceSet(language, createIfNotExists: true, tryParents: false)!;
        return [.. texts.Cast<DictionaryEntry>().Select(entry => (string)entry.Key)];
    }
}
