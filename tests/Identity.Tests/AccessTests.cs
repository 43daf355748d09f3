using System.Collections;
using System.Globalization;
using System.Resources;
using SmartCity.Identity.Data;
using SmartCity.Testing;

namespace Identity.Tests;

public sealed class AccessTests(CityServers servers)
{
    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_names_and_nobody_else()
    {
        await using var database = await TestDatabase.CreateAsync<IdentityDb>(servers);
        await using var app = new CityApp<Program>("identity", clock: null,
            ("ConnectionStrings:identity-db", database.ConnectionString), ("PersonalData:Key", "the tests' own key, at least 32 characters"));

        await EveryEndpoint.HoldsItsRuleAsync(app, approvedPublic:
        [
            "GET /health/live",
            "GET /health/ready",
            "GET /identity/openapi/{documentName}.json",
            "GET /identity/.well-known/openid-configuration",
            "GET /identity/.well-known/jwks.json",
            "POST /identity/connect/token",
            "POST /identity/connect/revocation",
            "POST /identity/v1/phone-codes",
        ]);
    }

    [Fact]
    public void Every_text_is_there_in_both_languages()
    {
        var texts = new ResourceManager("SmartCity.Identity.Resources.Problems", typeof(Program).Assembly);

        var english = Keys(texts, CultureInfo.InvariantCulture);
        english.ShouldNotBeEmpty();
        Keys(texts, CultureInfo.GetCultureInfo("zh-CN")).ShouldBe(english);
    }

    private static string[] Keys(ResourceManager texts, CultureInfo culture) =>
        [.. texts.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!.Cast<DictionaryEntry>().Select(entry => (string)entry.Key).Order()];
}
