using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.ServiceDefaults;

namespace SmartCity.Testing;

/// <summary>Knocks at every endpoint of a service, HTTP and gRPC, with every kind of token, and compares who gets in with the endpoint's <see cref="AccessRule"/>.</summary>
/// <remarks>
/// A refusal by the rule is told from one by the endpoint's own code: the rule answers with the codes <c>unauthenticated</c> and <c>forbidden</c>, which an
/// endpoint leaves to it. Bodies are <c>{}</c>, so a caller who gets in usually hears 400 or 404; 500 never.
/// </remarks>
public static class EveryEndpoint
{
    private const string SomeDepartment = "health-commission";

    /// <summary>Fails with the list of everything that is open to somebody it does not name, closed to somebody it names, or public without being approved.</summary>
    /// <param name="app">The service under test.</param>
    /// <param name="approvedPublic">The endpoints that may be public, as "GET /health/live"; exactly these must be.</param>
    /// <param name="routeValues">Values of route parameters that a UUID (or 1, for an int) does not fit.</param>
    public static async Task HoldsItsRuleAsync<TProgram>(
        CityApp<TProgram> app, IReadOnlyCollection<string> approvedPublic, IReadOnlyDictionary<string, string>? routeValues = null)
        where TProgram : class
    {
        using var client = app.Anyone();
        var doors = Doors(app, routeValues ?? new Dictionary<string, string>()).ToArray();
        doors.Length.ShouldBeGreaterThan(0);

        var violations = new List<string>();
        foreach (var door in doors)
        {
            if (door.Rule is null) violations.Add($"{door.Name}: states no rule");
            foreach (var caller in Callers(app.Service, door.Rule))
            {
                var answer = await KnockAsync(client, door, caller.Token);
                if (answer != caller.Expected) violations.Add($"{door.Name}: {caller.Who} got {answer}, not {caller.Expected}");
            }
        }

        string.Join(Environment.NewLine, violations).ShouldBeEmpty();
        doors.Where(door => door.Rule is { Everyone: true }).Select(door => door.Name).ShouldBe(approvedPublic, ignoreOrder: true);
    }

    private static IEnumerable<Door> Doors<TProgram>(CityApp<TProgram> app, IReadOnlyDictionary<string, string> routeValues) where TProgram : class =>
        from endpoint in app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        // What gRPC answers for methods that do not exist: nobody can state a rule for it, and without one it is closed.
        where endpoint.DisplayName?.StartsWith("gRPC - Unimplemented", StringComparison.Ordinal) != true
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [HttpMethod.Get.Method]
        select new Door(
            new HttpMethod(method),
            $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}",
            string.Concat(endpoint.RoutePattern.PathSegments.Select(segment => $"/{string.Concat(segment.Parts.Select(part => Fill(part, routeValues)))}")),
            endpoint.Metadata.Any(metadata => metadata.GetType().FullName == "Grpc.AspNetCore.Server.GrpcMethodMetadata"),
            endpoint.Metadata.GetMetadata<AccessRule>());

    private static string Fill(RoutePatternPart part, IReadOnlyDictionary<string, string> values) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter when values.TryGetValue(parameter.Name, out var value) => value,
        RoutePatternParameterPart parameter when parameter.ParameterPolicies.Any(policy => policy.Content is "int" or "long") => "1",
        _ => Guid.CreateVersion7().ToString(),
    };

    /// <summary>Everybody who knocks, with what the rule has to say to them.</summary>
    private static IEnumerable<(string Who, string? Token, Answer Expected)> Callers(string service, AccessRule? rule)
    {
        var everyone = rule is { Everyone: true };
        yield return ("nobody", null, everyone ? Answer.LetIn : Answer.Unauthenticated);

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var outside = everyone ? Answer.LetIn : Answer.Unauthenticated;
        yield return ("a forged token", TestTokens.Sign(PersonClaims(service, CityClaims.PeopleScope, Roles.All), stranger), outside);
        yield return ("a person's token for another service", TestTokens.Sign(PersonClaims("elsewhere", CityClaims.PeopleScope, Roles.All)), outside);
        yield return ("a service's token for another service", TestTokens.Service("sibling", "elsewhere", rule?.Scope ?? "some:scope"), outside);

        foreach (var role in Roles.All)
        {
            yield return (role, TestTokens.Sign(PersonClaims(service, CityClaims.PeopleScope, [role])), everyone || rule?.Roles.Contains(role) == true ? Answer.LetIn : Answer.Forbidden);
        }

        var inside = everyone ? Answer.LetIn : Answer.Forbidden;
        yield return ("a person without a role", TestTokens.Sign(PersonClaims(service, CityClaims.PeopleScope, [])), inside);
        yield return ("a person with every role but another scope", TestTokens.Sign(PersonClaims(service, "some:scope", Roles.All)), inside);
        yield return ("a service with another scope", TestTokens.Service("sibling", service, "some:scope"), inside);
        if (rule?.Scope is { } scope) yield return ($"a service with {scope}", TestTokens.Service("sibling", service, scope), Answer.LetIn);
    }

    private static JsonObject PersonClaims(string audience, string scope, IReadOnlyList<string> roles)
    {
        var claims = TestTokens.Claims(Guid.CreateVersion7().ToString(), audience, scope);
        claims[CityClaims.Role] = new JsonArray([.. roles.Select(role => (JsonNode)role)]);
        claims[CityClaims.Department] = SomeDepartment;
        if (roles is [Roles.Proxy]) claims[CityClaims.Actor] = new JsonObject { [CityClaims.Subject] = Guid.CreateVersion7().ToString() };
        return claims;
    }

    private static async Task<Answer> KnockAsync(HttpClient client, Door door, string? token)
    {
        using var request = new HttpRequestMessage(door.Method, door.Path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (door.IsGrpc)
        {
            // One empty message: not compressed, no bytes.
            request.Version = HttpVersion.Version20;
            request.Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        }
        else if (door.Method != HttpMethod.Get && door.Method != HttpMethod.Head)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when await CodeAsync(response) == "unauthenticated" => Answer.Unauthenticated,
            HttpStatusCode.Forbidden when await CodeAsync(response) == "forbidden" => Answer.Forbidden,
            HttpStatusCode.InternalServerError => Answer.Fault,
            _ => Answer.LetIn,
        };
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return problem.RootElement.GetProperty("code").GetString();
    }

    private enum Answer
    {
        LetIn,
        Unauthenticated,
        Forbidden,
        Fault,
    }

    private sealed record Door(HttpMethod Method, string Route, string Path, bool IsGrpc, AccessRule? Rule)
    {
        public string Name => $"{Method} {Route}";
    }
}
