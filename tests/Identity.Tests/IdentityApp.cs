using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Identity;
using SmartCity.Identity.Data;
using SmartCity.Identity.Domain;
using SmartCity.ServiceDefaults;
using SmartCity.Testing;

namespace Identity.Tests;

/// <summary>The provider under test: unlike other services under test it trusts its own tokens, and no others.</summary>
internal sealed class IdentityApp(CityServers servers, params (string Key, string? Value)[] settings) : WebApplicationFactory<Program>
{
    public const string Password = "correct horse battery";
    public const string TotpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    public const string PlaceSecret = "the secret of place registration";

    private TestDatabase? database;

    public TestDatabase Database => database ?? throw new InvalidOperationException("Start first.");

    /// <summary>The city's time.</summary>
    public MovableClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    /// <summary>Real time, as tokens and codes see it.</summary>
    public MovableClock RealClock { get; } = new(TimeProvider.System.GetUtcNow());

    public async Task<IdentityApp> StartAsync()
    {
        database = await TestDatabase.CreateAsync<IdentityDb>(servers);
        _ = Server;
        return this;
    }

    /// <summary>Another replica of the same service.</summary>
    public IdentityApp Replica() => new(servers, settings) { database = Database };

    public HttpClient Anyone() => CreateClient();

    public HttpClient With(string accessToken)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return client;
    }

    public async Task<TokenReply> TokenAsync(params (string Name, string Value)[] form) => await TokenAsync(Anyone(), form);

    public static async Task<TokenReply> TokenAsync(HttpClient client, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await TokenReply.ReadAsync(await client.PostAsync("/identity/connect/token", content));
    }

    public async Task<string> RequestCodeAsync(string phone)
    {
        var answer = await Anyone().PostAsJsonAsync("/identity/v1/phone-codes", new { phone });
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;
    }

    public Task<TokenReply> PhoneCodeGrantAsync(string phone, string code) =>
        TokenAsync(("grant_type", "urn:smartcity:grant:phone-code"), ("phone", phone), ("code", code));

    public async Task<SignedIn> SignInByPhoneAsync(string phone)
    {
        var reply = await PhoneCodeGrantAsync(phone, await RequestCodeAsync(phone));
        reply.Status.ShouldBe(HttpStatusCode.OK);
        return new SignedIn(this, reply);
    }

    /// <summary>A staff account whose TOTP is set up.</summary>
    public async Task<Guid> AddStaffAsync(string userName, string role, string? department = null)
    {
        await using var scope = Services.CreateAsyncScope();
        var account = Account.OfStaff(userName, [role], department, RealClock.GetUtcNow());
        account.TotpSecretSealed = scope.ServiceProvider.GetRequiredService<PersonalData>().Seal(TotpSecret, account.Id);
        account.TwoFactorEnabled = true;
        (await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account, Password)).Succeeded.ShouldBeTrue();
        return account.Id;
    }

    public Task<TokenReply> StaffGrantAsync(string userName, string password = Password, string? totp = null) =>
        TokenAsync([("grant_type", "urn:smartcity:grant:staff"), ("username", userName), ("password", password), .. totp is null ? [] : new[] { ("totp", totp) }]);

    public async Task<SignedIn> SignInStaffAsync(string userName, string role, string? department = null)
    {
        await AddStaffAsync(userName, role, department);
        var reply = await StaffGrantAsync(userName, totp: Totp.Now(TotpSecret));
        reply.Status.ShouldBe(HttpStatusCode.OK);
        return new SignedIn(this, reply);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        (string Key, string? Value)[] own =
        [
            ("ConnectionStrings:identity-db", Database.ConnectionString),
            ("PersonalData:Key", "the tests' own key, at least 32 characters"),
            ("PhoneCodes:ShowInAnswer", "true"),
            ("Clients:place-registration", PlaceSecret),
        ];
        foreach (var (key, value) in own.Concat(settings)) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddKeyedSingleton<TimeProvider>(RealTime.Key, RealClock);
            // Not the subject of any test, and the bulk of their time.
            services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1_000);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }
}

/// <summary>Somebody's tokens and the client that uses them.</summary>
internal sealed record SignedIn(IdentityApp App, TokenReply Reply)
{
    public string AccessToken => Reply.Text("access_token")!;

    public string RefreshToken => Reply.Text("refresh_token")!;

    public Guid AccountId => Reply.Claims.GetProperty("sub").GetGuid();

    public HttpClient Client() => App.With(AccessToken);
}
