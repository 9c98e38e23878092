using System.Collections.Immutable;
using Antlr4.Runtime.Atn;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing.Building;
using Beamtalk.Compiler.Parsing.Errors;
using Beamtalk.Compiler.Parsing.Generated;
using Beamtalk.Compiler.Parsing.Layout;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Parsing;

/// <summary>Reads one source text into a syntax tree. Never throws: what cannot be read is a diagnostic.</summary>
public static class Parser
{
    /// <summary>More than anyone reads.</summary>
    private const int MaximumDiagnostics = 300;

    public static (CompilationUnit Unit, ImmutableArray<Diagnostic> Diagnostics) Parse(SourceText source)
    {
        var (_, _, tree, diagnostics) = ParseAll(source);
        return (tree, diagnostics);
    }

    /// <summary>The tree with what it was made of, for those who need each token.</summary>
    internal static (List<SyntaxToken> Tokens, BeamtalkParser.UnitContext Unit, CompilationUnit Tree,
        ImmutableArray<Diagnostic> Diagnostics) ParseAll(SourceText source)
    {
        var diagnostics = new DiagnosticBag(source);
        var tokens = LayoutTokenSource.Read(source, diagnostics);
        var unit = CreateParser(tokens, diagnostics).unit();
        var tree = new SyntaxBuilder(source, tokens, diagnostics).Build(unit);
        return (tokens, unit, tree, [.. diagnostics.OrderBy(diagnostic => diagnostic.Span.Start).Take(MaximumDiagnostics)]);
    }

    /// <summary>The tokens that go over several lines (parts of strings): their lines must not be indented.</summary>
    public static ImmutableArray<TextSpan> MultilineTokens(SourceText source) =>
        [.. LayoutTokenSource.Read(source, new DiagnosticBag(source))
            .Where(token => token.Characters.Contains('\n')).Select(token => token.Span)];

    /// <summary>The generated parser over the tokens of a file.</summary>
    internal static BeamtalkParser CreateParser(List<SyntaxToken> tokens, DiagnosticBag diagnostics)
    {
        var list = new TokenList(tokens);
        var parser = new BeamtalkParser(list, TextWriter.Null, TextWriter.Null)
        {
            ErrorHandler = new RecoveryStrategy(new SyntaxErrorReporter(diagnostics, tokens), list),
        };
        parser.RemoveErrorListeners();
        parser.Interpreter.PredictionMode = PredictionMode.SLL;
        return parser;
    }
}
