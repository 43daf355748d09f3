using System.Collections.Concurrent;
using Microsoft.Playwright;
using SmartCity.Replay;
using SmartCity.Testing;

namespace SmartCity.Portal.Tests;

/// <summary>The whole city and a browser in front of it. People and staff are signed in once: a TOTP code works only once.</summary>
public sealed class PortalCity : IAsyncLifetime
{
    /// <summary>Debian's own, so that no browser is downloaded.</summary>
    private const string Chromium = "/usr/bin/chromium";

    private static int next = Random.Shared.Next(1_000_000);

    private readonly CityProcess city = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> staff = new();
    private Lazy<Task<Account>> officer = null!;
    private Lazy<Task<Account>> servicesOfficer = null!;
    private Lazy<Task<string>> somebody = null!;
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;
    private readonly List<IBrowserContext> open = [];
    private string? test;

    /// <summary>A city that runs already (while working on pages); absent, these tests start their own.</summary>
    private static readonly string? Running = Environment.GetEnvironmentVariable("SMARTCITY_GATEWAY");

    /// <summary>The only way in.</summary>
    public Uri Gateway => Running is null ? city.Gateway : new Uri(Running);

    /// <summary>Where the pictures of the pages go.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;

    /// <summary>What the phones' camera sees: pictures one after the other, read when a page opens the camera.</summary>
    public static string Camera { get; } = Path.Combine(Pictures, "camera.mjpeg");

    /// <summary>The same doors as everybody's, without the pages.</summary>
    internal City Api { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (Running is null) await city.StartAsync();
        Api = new City(Gateway);
        officer = new(() => Api.SignInStaffAsync("health-officer", CancellationToken.None));
        servicesOfficer = new(() => Api.SignInStaffAsync("officer-services", CancellationToken.None));
        var (phone, number) = NewCitizen();
        SomebodysNumber = number;
        somebody = new(async () => await (await CitizenAsync(phone, number, "zh-CN", scripts: true)).Context.StorageStateAsync());
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-video-capture={Camera}"],
        });
    }

    /// <summary>A new phone: 390 × 844, in a language, with or without scripts, with the cookies of somebody or nobody.</summary>
    public async Task<IPage> PhoneAsync(string language = "zh-CN", bool scripts = true, string? session = null)
    {
        // What earlier tests left open goes on refreshing itself.
        if (test != (test = TestContext.Current.Test?.UniqueID))
        {
            foreach (var left in open) await left.CloseAsync();
            open.Clear();
        }

        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Gateway.ToString(),
            Locale = language,
            JavaScriptEnabled = scripts,
            ViewportSize = new ViewportSize { Width = 390, Height = 844 },
            DeviceScaleFactor = 2,
            StorageState = session,
        });
        context.SetDefaultTimeout(30_000);
        open.Add(context);
        return await context.NewPageAsync();
    }

    /// <summary>Another citizen, not yet registered, with a good ID number.</summary>
    public static (string Phone, string Number) NewCitizen()
    {
        var number = Interlocked.Increment(ref next) % 10_000_000;
        return ($"136{number:00000000}", CitizenNumbers.Make("320506", new DateOnly(1950, 1, 1).AddDays(number % 20_000), number / 20_000 % 500, male: true));
    }

    /// <summary>A citizen signs in and registers on the pages, and is left at their code.</summary>
    public async Task<IPage> CitizenAsync(string language = "zh-CN", bool scripts = true)
    {
        var (phone, number) = NewCitizen();
        return await CitizenAsync(phone, number, language, scripts);
    }

    private async Task<IPage> CitizenAsync(string phone, string number, string language, bool scripts)
    {
        var page = await PhoneAsync(language, scripts);
        await SignInAsync(page, phone);
        await page.FillAsync("[name=Name]", "王芳");
        await page.FillAsync("[name=CitizenNumber]", number);
        await page.ClickAsync("main form button.button");
        await page.WaitForSelectorAsync(".code.green");
        return page;
    }

    /// <summary>The ID number of the citizen whom tests share.</summary>
    internal string SomebodysNumber { get; private set; } = "";

    /// <summary>A citizen who has registered, the same for all tests that do not change the code.</summary>
    public async Task<IPage> SomebodyAsync(string language = "zh-CN", bool scripts = true) => await PhoneAsync(language, scripts, await somebody.Value);

    /// <summary>A health officer, at the doors behind the pages.</summary>
    internal Task<Account> OfficerAsync() => officer.Value;

    /// <summary>An officer of government services, likewise.</summary>
    internal Task<Account> ServicesOfficerAsync() => servicesOfficer.Value;

    /// <summary>By the code that a demonstration shows.</summary>
    public static async Task SignInAsync(IPage page, string phone)
    {
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name=Phone]", phone);
        await page.ClickAsync("main form button.button");
        var code = await page.InnerTextAsync("#demo-code");
        await page.FillAsync("[name=Code]", code);
        await page.ClickAsync("main form button.button");
        // Not for the page as a whole: whoever asks for something in it waits for that, and a page that loads before the question is not told of again.
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal), new PageWaitForURLOptions { WaitUntil = WaitUntilState.Commit });
    }

    /// <summary>A page of a demo account of the staff, signed in on the pages once per account and run.</summary>
    public async Task<IPage> StaffAsync(string userName, string language = "zh-CN") =>
        await PhoneAsync(language, session: await staff.GetOrAdd(userName, name => new(() => SignInStaffAsync(name))).Value);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        await city.DisposeAsync();
    }

    private async Task<string> SignInStaffAsync(string userName)
    {
        var page = await PhoneAsync();
        // A code works once, and the same account may just have come in at the doors behind the pages.
        for (var ahead = 1; ; ahead--)
        {
            await page.GotoAsync("/sign-in/staff");
            await page.FillAsync("[name=UserName]", userName);
            await page.FillAsync("[name=Password]", City.DemoPassword);
            await page.FillAsync("[name=Totp]", City.Totp(ahead));
            await page.ClickAsync("main form button.button");
            if (await page.Locator(".problem").CountAsync() == 0 || ahead < -1) break;
        }

        page.Url.ShouldNotContain("sign-in");
        var state = await page.Context.StorageStateAsync();
        await page.Context.CloseAsync();
        return state;
    }
}
