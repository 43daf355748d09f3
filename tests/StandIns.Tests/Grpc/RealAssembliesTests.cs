using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace StandIns.Tests.Grpc;

/// <summary>The real libraries were compiled against the real packages: whatever they name there must exist in the stand-ins.</summary>
public sealed class RealAssembliesTests
{
    // Generic parameters need some type to be resolved with; any class does.
    private static readonly Type[] AnyArguments = [.. Enumerable.Repeat(typeof(object), 8)];

    [Theory]
    [InlineData("Grpc.AspNetCore.Server")]
    [InlineData("Grpc.Net.Client")]
    public void Everything_that_a_real_assembly_refers_to_resolves(string name)
    {
        var assembly = Assembly.Load(name);
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();

        var missing = metadata.TypeReferences
            .Select(handle => MetadataTokens.GetToken(handle))
            .Select(token => Missing(() => assembly.ManifestModule.ResolveType(token)))
            .Concat(metadata.MemberReferences
                .Select(handle => MetadataTokens.GetToken(handle))
                .Select(token => Missing(() => assembly.ManifestModule.ResolveMember(token, AnyArguments, AnyArguments))))
            .OfType<string>();

        missing.ShouldBeEmpty();
        metadata.MemberReferences.Count.ShouldBeGreaterThan(500);
        assembly.GetTypes().ShouldNotBeEmpty("types whose base or interface lacks a member do not load");
    }

    private static string? Missing(Func<object?> resolve)
    {
        try
        {
            resolve();
            return null;
        }
        catch (TypeLoadException e) when (e.TypeName.Length == 0)
        {
            // No type is missing: the placeholder does not satisfy a constraint of the assembly's own generic type.
            return null;
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException or IOException)
        {
            return e.Message;
        }
    }
}
