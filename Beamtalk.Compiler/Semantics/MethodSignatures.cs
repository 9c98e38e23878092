using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

/// <summary>The signatures of a class's own methods, those the compiler makes (readers, declarations) included.</summary>
public static class MethodSignatures
{
    public static ImmutableArray<MethodSignature> Of(ClassDeclaration syntax, ClassKind kind, ImmutableArray<string> fields)
    {
        var methods = ImmutableArray.CreateBuilder<MethodSignature>();
        var seen = new HashSet<(string, bool)>();
        foreach (Member member in syntax.Members)
        {
            if (Of(member) is { } signature && seen.Add((signature.Selector, signature.IsClassSide)))
            {
                methods.Add(signature);
            }
        }

        if (kind == ClassKind.Value)
        {
            methods.AddRange(Accessors(fields).Where(accessor => seen.Add((accessor.Selector, false))));
        }

        return methods.ToImmutable();
    }

    public static MethodSignature Of(MethodDeclaration method) => new(
        method.Selector,
        method.IsClassSide,
        method.IsUpdating,
        [.. method.Parameters.Select(parameter => (parameter.Pattern as TypedPattern)?.Type is NamedType type ? type.Name.Name : null)],
        (method.ReturnType as NamedType)?.Name.Name);

    public static string WithSelector(string field) =>
        field.Length == 0 ? "with:" : $"with{char.ToUpperInvariant(field[0])}{field[1..]}:";

    private static MethodSignature? Of(Member member) => member switch
    {
        MethodDeclaration method => Of(method),
        DeclarationMember declaration => new MethodSignature(declaration.Name.Name, true, false, [], null),
        ChildrenDeclaration => new MethodSignature("children", true, false, [], null),
        _ => null,
    };

    private static IEnumerable<MethodSignature> Accessors(ImmutableArray<string> fields) =>
        fields.SelectMany(field => new[]
        {
            new MethodSignature(field, false, false, [], null),
            new MethodSignature(WithSelector(field), false, false, [null], null),
        });
}
