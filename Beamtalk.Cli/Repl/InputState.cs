using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Repl;

/// <summary>How far an input has come.</summary>
public enum InputState
{
    /// <summary>It could end here.</summary>
    Finished,

    /// <summary>It could end here, but a class or method may still get more.</summary>
    Definition,

    /// <summary>It must go on: a bracket is open, an operator lacks its operand, a method its body.</summary>
    Unfinished,

    /// <summary>Nothing has begun: comments belong to what follows them.</summary>
    OnlyComments,
}

/// <summary>Asks the parser how far an input has come.</summary>
internal static class InputProbe
{
    /// <summary>The last characters of operators, keywords and what else a newline does not end.</summary>
    private const string WantsMore = "+-*/<>=~&@%?\\,;^:";

    public static InputState StateOf(string input)
    {
        (CompilationUnit unit, ImmutableArray<Diagnostic> diagnostics) = Parser.Parse(new SourceText("repl", input));
        int end = input.AsSpan().TrimEnd().Length;
        bool wantsMore = end > 0 && WantsMore.Contains(input[end - 1]);
        if (diagnostics.Any(diagnostic => IsUnfinished(diagnostic, wantsMore ? end : int.MaxValue)))
        {
            return InputState.Unfinished;
        }

        return unit.Items switch
        {
            [] when diagnostics.IsEmpty => InputState.OnlyComments,
            [.., ClassDeclaration or ScriptMethod or ExtensionDeclaration] => InputState.Definition,
            _ => InputState.Finished,
        };
    }

    private static bool IsUnfinished(Diagnostic diagnostic, int end) =>
        diagnostic.Descriptor == Catalog.OpenString
        || diagnostic.Descriptor == Catalog.OpenComment
        || diagnostic.Descriptor == Catalog.MissingCloser
        || diagnostic.Descriptor == Catalog.EmptyMethod
        || (diagnostic.Descriptor == Catalog.Expected && diagnostic.Span.End >= end);
}
