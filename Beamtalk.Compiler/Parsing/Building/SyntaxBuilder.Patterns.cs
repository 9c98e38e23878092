using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Building;

internal sealed partial class SyntaxBuilder
{
    private Pattern BuildPattern(PatternContext pattern)
    {
        if (pattern.atom() is { } atom)
        {
            return BuildAtom(atom);
        }

        return new ConstructorPattern(
            SpanOf(pattern), ClassNameOf((SyntaxToken)pattern.Start),
            [.. pattern.fieldPattern().Select(field => new FieldPattern(
                SpanOf(field), KeywordName(Token(field.KEYWORD())), BuildParameterPattern(field.parameterPattern())))]);
    }

    private Pattern BuildParameterPattern(ParameterPatternContext pattern) => pattern.atom() is { } atom
        ? BuildAtom(atom)
        : new ConstructorPattern(SpanOf(pattern), ClassNameOf((SyntaxToken)pattern.Start), []);

    private Pattern BuildAtom(AtomContext atom)
    {
        var span = SpanOf(atom);
        return atom.Start.Type switch
        {
            NAME => BuildNamePattern(atom),
            LPAREN => BuildPattern(atom.pattern()),
            LBRACE => new TuplePattern(span, BuildPlainElements(atom.patternElements())),
            HASH_BRACK => new ArrayPattern(span, BuildPlainElements(atom.patternElements())),
            HASH_PAREN => BuildListPattern(atom),
            HASH_BRACE => new DictionaryPattern(span, [.. atom.patternEntries().patternEntry().Select(BuildPatternEntry)]),
            _ when atom.OPERATOR() is not null => BuildPrefixPattern(atom),
            _ => new LiteralPattern(span, BuildLiteral((SyntaxToken)atom.Start)),
        };
    }

    private Pattern BuildNamePattern(AtomContext atom)
    {
        var name = (SyntaxToken)atom.Start;
        return (atom.type(), name.Text) switch
        {
            ({ } type, var text) => new TypedPattern(SpanOf(atom), text, BuildType(type)),
            (_, "_") => new WildcardPattern(name.Span),
            (_, var text) => new NamePattern(name.Span, text),
        };
    }

    /// <summary><c>"GET " ++ path</c>.</summary>
    private Pattern BuildPrefixPattern(AtomContext atom)
    {
        var op = Token(atom.OPERATOR());
        var rest = BuildAtom(atom.atom());
        if (op.Characters is "++" && BuildLiteral((SyntaxToken)atom.Start) is StringLiteral prefix)
        {
            return new StringPrefixPattern(SpanOf(atom), prefix.Value, rest);
        }

        diagnostics.ReportWithHint(
            Catalog.BadPattern, op.Span, "only a string's beginning is matched by an operator: \"GET \" ++ path", op.Text);
        return rest;
    }

    private ImmutableArray<Pattern> BuildPlainElements(PatternElementsContext elements)
    {
        var patterns = ImmutableArray.CreateBuilder<Pattern>();
        foreach (var element in elements.patternElement())
        {
            if (element.ELLIPSIS() is not null)
            {
                diagnostics.ReportWithHint(
                    Catalog.BadPattern, SpanOf(element), "a rest stands at the end of a list: #(first, ...rest)", "...");
            }

            patterns.Add(BuildPattern(element.pattern()));
        }

        return patterns.ToImmutable();
    }

    private ListPattern BuildListPattern(AtomContext atom)
    {
        var elements = atom.patternElements().patternElement();
        var patterns = ImmutableArray.CreateBuilder<Pattern>();
        Pattern? rest = null;
        for (int i = 0; i < elements.Length; i++)
        {
            var pattern = BuildPattern(elements[i].pattern());
            if (elements[i].ELLIPSIS() is null)
            {
                patterns.Add(pattern);
            }
            else if (i == elements.Length - 1)
            {
                rest = pattern;
            }
            else
            {
                diagnostics.ReportWithHint(Catalog.BadPattern, SpanOf(elements[i]), "the rest comes last", "...");
            }
        }

        return new ListPattern(SpanOf(atom), patterns.ToImmutable(), rest);
    }

    private DictionaryPatternEntry BuildPatternEntry(PatternEntryContext entry) => new(
        SpanOf(entry), BuildKey(BuildOperand(entry.operand())), BuildPattern(entry.pattern()));

    private TypeSyntax? OptionalType(TypeContext? type) => type is null ? null : BuildType(type);

    private TypeSyntax BuildType(TypeContext type)
    {
        var alternatives = type.simpleType();
        return alternatives.Length == 1
            ? BuildSimpleType(alternatives[0])
            : new UnionType(SpanOf(type), [.. alternatives.Select(BuildSimpleType)]);
    }

    private TypeSyntax BuildSimpleType(SimpleTypeContext type)
    {
        var token = (SyntaxToken)type.Start;
        return token.Type switch
        {
            SYMBOL => new SymbolType(token.Span, SymbolText(token)),
            NIL => new NamedType(token.Span, new ClassName(token.Span, null, "UndefinedObject"), []),
            LPAREN => BuildType(type.type()),
            _ => new NamedType(
                SpanOf(type), ClassNameOf(token), [.. (type.typeArguments()?.type() ?? []).Select(BuildType)]),
        };
    }
}
