using System.Collections.Immutable;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Backend;

/// <summary>The signature of a class as a running node describes it, from the class's metadata.</summary>
public static class ClassTerm
{
    public static ClassIndex ToIndex(ErlangTerm classes) => ClassIndex.Of(classes.AsElements().Select(ToSignature));

    private static ClassSignature ToSignature(ErlangTerm term) => term.AsElements() is
        [var package, var name, var superclass, var kind, var modifiers, var variables, var classVariables, var methods]
            ? new ClassSignature(
                package.AsText(), name.AsText(), TextOrNull(superclass), ToKind(kind.AsText()),
                Texts(modifiers).Contains("abstract"), Texts(modifiers).Contains("sealed"),
                Texts(variables), Texts(classVariables),
                [.. methods.AsElements().Select(ToMethod)])
            : throw new FormatException($"unexpected class {term}");

    private static MethodSignature ToMethod(ErlangTerm term) => term.AsElements() is
        [var selector, var side, var isUpdating, var types, var returns]
            ? new MethodSignature(
                selector.AsText(), side.AsText() == "class", isUpdating.AsText() == "true",
                [.. types.AsElements().Select(TextOrNull)], TextOrNull(returns))
            : throw new FormatException($"unexpected method {term}");

    private static ClassKind ToKind(string kind) => Enum.Parse<ClassKind>(kind, ignoreCase: true);

    private static ImmutableArray<string> Texts(ErlangTerm list) => [.. list.AsElements().Select(item => item.AsText())];

    private static string? TextOrNull(ErlangTerm term) => term is ErlangAtom { Name: "nil" } ? null : term.AsText();
}
