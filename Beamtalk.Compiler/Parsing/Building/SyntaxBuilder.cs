using System.Collections.Immutable;
using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Building;

/// <summary>
/// Makes the syntax tree from ANTLR's parse tree: applies operator precedence, reads literals, tells the forms apart
/// that share a rule of the grammar. What could not be parsed becomes an <see cref="ErrorExpression"/> or is left out.
/// </summary>
internal sealed partial class SyntaxBuilder(SourceText source, List<SyntaxToken> tokens, DiagnosticBag diagnostics)
{
    /// <summary>The nesting that later passes, which recurse over the tree, can rely on.</summary>
    private const int MaximumDepth = 1000;

    private int _depth;

    public CompilationUnit Build(UnitContext unit)
    {
        var items = ImmutableArray.CreateBuilder<TopLevelItem>();
        foreach (var item in unit.item())
        {
            BuildItem(item, items);
        }

        WarnAboutComparisons(items);
        return new CompilationUnit(new TextSpan(0, source.Text.Length), items.ToImmutable());
    }

    private void BuildItem(ItemContext item, ImmutableArray<TopLevelItem>.Builder items)
    {
        switch (item.Start.Type)
        {
            case CLASS_MARK when BuildClass(item) is { } declaration:
                items.Add(declaration);
                break;
            case EXTENSION_MARK when BuildExtension(item) is { } extension:
                items.Add(extension);
                break;
            case SCRIPT_METHOD_MARK when item.method() is { } context
                && BuildMethod(context, DocOf(item)) is { } method:
                items.Add(new ScriptMethod(method.Span, method));
                break;
            case STATEMENT_MARK:
                BuildTopLevelBody(item, items);
                break;
        }
    }

    private void BuildTopLevelBody(ItemContext item, ImmutableArray<TopLevelItem>.Builder items)
    {
        if (item.body() is not { } context)
        {
            return;
        }

        if (context.temporaries() is { } temporaries)
        {
            items.Add(new TopLevelTemporaries(SpanOf(temporaries), Temporaries(temporaries)));
        }

        foreach (var statement in BuildStatements(context))
        {
            items.Add(new TopLevelStatement(statement.Span, statement));
        }
    }

    private static string? DocOf(ParserRuleContext context) => ((SyntaxToken)context.Start).Doc;

    /// <summary>From a context's first character to its last; what layout inserted counts for nothing.</summary>
    private TextSpan SpanOf(ParserRuleContext context)
    {
        var start = (SyntaxToken)context.Start;
        var stop = context.Stop as SyntaxToken ?? start;
        return TextSpan.FromBounds(FirstCharacter(start), stop.End);
    }

    private int FirstCharacter(SyntaxToken start)
    {
        int index = start.TokenIndex;
        while (tokens[index].IsInserted && index + 1 < tokens.Count)
        {
            index++;
        }

        return tokens[index].Start;
    }

    private static SyntaxToken Token(IParseTree node) => (SyntaxToken)((ITerminalNode)node).Symbol;

    private static Identifier IdentifierOf(SyntaxToken token) => new(token.Span, token.Text);

    /// <summary>The name of a keyword, without its colon.</summary>
    private static Identifier KeywordName(SyntaxToken token) =>
        new(new TextSpan(token.Start, token.End - token.Start - 1), token.Text[..^1]);

    private static ClassName ClassNameOf(SyntaxToken token)
    {
        string text = token.Text;
        int at = text.IndexOf('@');
        return at < 0
            ? new ClassName(token.Span, null, text)
            : new ClassName(token.Span, text[..at], text[(at + 1)..]);
    }

    /// <summary>Enters a part of the tree that is so many levels deeper; false, reported, if it is too deep.</summary>
    private bool Enter(int levels, ParserRuleContext context)
    {
        _depth += levels;
        if (_depth <= MaximumDepth)
        {
            return true;
        }

        if (_depth - levels <= MaximumDepth)
        {
            diagnostics.Report(Catalog.TooComplex, SpanOf(context));
        }

        return false;
    }

    private void Leave(int levels) => _depth -= levels;
}
