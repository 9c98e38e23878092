using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler;

/// <summary>The results of passes as text, for <c>--dump=PASS</c>.</summary>
public static class PassDump
{
    private const string Syntax = "syntax";
    private const string Classes = "classes";
    private const string Core = "core";

    /// <summary>The passes whose results can be seen, in order.</summary>
    public static readonly ImmutableArray<string> Passes = [Syntax, Classes, Core];

    internal static string? Of(
        string? pass, ImmutableArray<ParsedSource> sources, ClassIndex index, ImmutableArray<CompiledModule> modules) =>
        pass switch
        {
            null => null,
            Syntax => string.Concat(sources.Select(source => SyntaxPrinter.Print(source.Unit))),
            Classes => Encoding.UTF8.GetString(index.ToJson()) + "\n",
            Core => string.Concat(modules.Select(module => module.CoreText)),
            _ => throw new ArgumentException($"there is no pass {pass}", nameof(pass)),
        };
}
