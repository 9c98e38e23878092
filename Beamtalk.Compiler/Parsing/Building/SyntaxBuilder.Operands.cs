using System.Collections.Immutable;
using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Building;

internal sealed partial class SyntaxBuilder
{
    private Expression BuildOperand(OperandContext operand)
    {
        int i = 0;
        return BuildUnaries(operand, ref i, isReceiver: false);
    }

    private Expression BuildWord(SyntaxToken token, bool isReceiver) => token.Type switch
    {
        NAME => new NameExpression(token.Span, token.Text),
        CLASS_NAME => new ClassReference(token.Span, ClassNameOf(token)),
        SELF => new SelfExpression(token.Span),
        SUPER => BuildSuper(token, isReceiver),
        STATE_NAME => StateOf(token),
        _ => BuildLiteral(token),
    };

    private Expression BuildNested(CompoundContext compound)
    {
        var value = Enter(1, compound) ? BuildCompound(compound) : new ErrorExpression(SpanOf(compound));
        Leave(1);
        return value;
    }

    private SuperExpression BuildSuper(SyntaxToken token, bool isReceiver)
    {
        if (!isReceiver)
        {
            diagnostics.Report(Catalog.LooseSuper, token.Span);
        }

        return new SuperExpression(token.Span);
    }

    private Expression BuildCompound(CompoundContext operand) => operand.Start.Type switch
    {
        LPAREN => new ParenthesizedExpression(SpanOf(operand), BuildExpression(operand.expression())),
        LBRACK => BuildBlock(operand.block()),
        STRING_START => BuildInterpolation(operand.interpolatedString()),
        HASH_PAREN => new ListExpression(SpanOf(operand), BuildElements(operand.elements())),
        HASH_BRACK => new ArrayExpression(SpanOf(operand), BuildElements(operand.elements())),
        LBRACE => new TupleExpression(SpanOf(operand), BuildElements(operand.elements())),
        HASH_BRACE => new DictionaryExpression(SpanOf(operand), BuildEntries(operand.entries())),
        ARMS_OPEN => BuildStrayArms(operand),
        _ => new ErrorExpression(SpanOf(operand)),
    };

    private ErrorExpression BuildStrayArms(CompoundContext operand)
    {
        diagnostics.Report(Catalog.StrayArms, SpanOf(operand));
        return new ErrorExpression(SpanOf(operand));
    }

    private BlockExpression BuildBlock(BlockContext block)
    {
        var parameters = ImmutableArray.CreateBuilder<BlockParameter>();
        foreach (var parameter in block.blockParameter())
        {
            parameters.Add(new BlockParameter(
                SpanOf(parameter), IdentifierOf(Token(parameter.NAME())),
                parameter.simpleType() is { } type ? BuildSimpleType(type) : null));
        }

        var span = SpanOf(block);
        return new BlockExpression(
            span, parameters.ToImmutable(),
            block.body() is { } body ? BuildBody(body) : new Body(new TextSpan(span.End - 1, 0), [], []));
    }

    private ImmutableArray<Expression> BuildElements(ElementsContext elements)
    {
        ReportMissingElements(elements);
        return [.. elements.element().Select(BuildElement)];
    }

    private Expression BuildElement(ElementContext element)
    {
        if (element.KEYWORD() is { } keyword)
        {
            diagnostics.Report(Catalog.NamedElement, Token(keyword).Span, keyword.GetText());
        }

        return BuildExpression(element.expression());
    }

    /// <summary>A comma may end the list, but not start it or follow another one.</summary>
    private void ReportMissingElements(ParserRuleContext list)
    {
        for (int i = 0; i < list.ChildCount; i++)
        {
            if (list.GetChild(i) is ITerminalNode comma && (i == 0 || list.GetChild(i - 1) is ITerminalNode))
            {
                diagnostics.Report(Catalog.MissingElement, Token(comma).Span);
            }
        }
    }

    private ImmutableArray<DictionaryEntry> BuildEntries(EntriesContext entries)
    {
        ReportMissingElements(entries);
        return
        [
            .. entries.entry().Select(entry => new DictionaryEntry(
                SpanOf(entry), BuildKey(BuildExpression(entry.expression(0))), BuildExpression(entry.expression(1)))),
        ];
    }

    /// <summary>A bare name is the symbol of that name.</summary>
    private static Expression BuildKey(Expression key) =>
        key is NameExpression name ? new SymbolLiteral(name.Span, name.Name) : key;

    private ImmutableArray<MatchArm> BuildArms(ArmsContext arms) =>
        [.. arms.arm().Where(arm => arm is { exception: null }).Select(BuildArm)];

    private MatchArm BuildArm(ArmContext arm)
    {
        if (arm.CARET() is { } caret)
        {
            diagnostics.Report(Catalog.ArmReturn, Token(caret).Span);
        }

        var operation = arm.operation();
        var body = BuildOperation(operation, isReceiver: false);
        if (body is SendExpression { Selector: "->" } association)
        {
            diagnostics.Report(Catalog.ArmAssociation, association.SelectorSpan);
        }

        if (arm.BANG() is not null)
        {
            body = BuildCast(SpanOf(operation), body);
        }

        return new MatchArm(
            SpanOf(arm), BuildPattern(arm.pattern()), arm.block() is { } guard ? BuildGuard(guard) : null,
            BuildTargets(arm.target(), body));
    }

    private ChildSpecification BuildChild(ElementContext element)
    {
        var expression = element.KEYWORD() is null ? BuildChildTuple(element) : null;
        if (expression is not null)
        {
            return expression;
        }

        var span = SpanOf(element);
        return BuildElement(element) switch
        {
            ClassReference reference => new ChildSpecification(span, reference.Name, [], [], null),
            SendExpression { Receiver: ClassReference reference, Selector: "spawn" } =>
                new ChildSpecification(span, reference.Name, [], [], null),
            SendExpression
            {
                Receiver: SendExpression { Receiver: ClassReference reference, Selector: "spawn" }, Arguments: var arguments,
            } when element.expression().operation() is { } operation && KeywordParts(operation) is var parts
                && parts.Length == arguments.Length && parts.Length > 0 =>
                new ChildSpecification(span, reference.Name, SpawnArguments(parts, arguments), [], null),
            var other => new ChildSpecification(span, null, [], [], other),
        };
    }

    private static ImmutableArray<KeywordArgument> SpawnArguments(
        KeywordPart[] parts, ImmutableArray<Expression> arguments) =>
    [
        .. parts.Zip(arguments, (part, value) => new KeywordArgument(
            TextSpan.FromBounds(part.Keyword.Start, value.Span.End), KeywordName(part.Keyword), value)),
    ];

    /// <summary><c>{C, option: e, …}</c>.</summary>
    private ChildSpecification? BuildChildTuple(ElementContext element)
    {
        if (element.expression() is not { ChildCount: 1 } expression
            || expression.operation() is not { ChildCount: 1 } operation
            || operation.GetChild(0) is not BinaryContext { ChildCount: 1 } binary
            || binary.GetChild(0) is not CompoundContext { Start.Type: LBRACE } operand
            || operand.elements().element() is not [var first, .. var options]
            || first.Start.Type != CLASS_NAME || first.Start != first.Stop
            || options.Any(option => option.KEYWORD() is null))
        {
            return null;
        }

        return new ChildSpecification(
            SpanOf(element), ClassNameOf((SyntaxToken)first.Start), [],
            [.. options.Select(option => new KeywordArgument(
                SpanOf(option), KeywordName(Token(option.KEYWORD())), BuildExpression(option.expression())))],
            null);
    }
}
