using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Formatting;

/// <summary>A text with its tokens, its parse tree, which has them all, and its syntax tree.</summary>
internal sealed record ParsedText(
    SourceText Source,
    List<SyntaxToken> Tokens,
    UnitContext Unit,
    CompilationUnit Tree,
    ImmutableArray<Diagnostic> Diagnostics)
{
    public static ParsedText Read(SourceText source)
    {
        var (tokens, unit, tree, diagnostics) = Parser.ParseAll(source);
        return new ParsedText(source, tokens, unit, tree, diagnostics);
    }
}
