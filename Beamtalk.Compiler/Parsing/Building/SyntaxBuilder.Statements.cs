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
    private Body BuildBody(BodyContext context)
    {
        var statements = BuildStatements(context);
        WarnAboutComparisons(statements);
        int start = ((SyntaxToken)context.Start).Start;
        int end = statements.Count == 0 ? start : statements[^1].Span.End;
        return new Body(TextSpan.FromBounds(start, end), Temporaries(context.temporaries()), statements.ToImmutable());
    }

    private ImmutableArray<Statement>.Builder BuildStatements(BodyContext context)
    {
        var statements = ImmutableArray.CreateBuilder<Statement>();
        for (int i = 0; i < context.ChildCount; i++)
        {
            switch (context.GetChild(i))
            {
                case StatementContext statement:
                    statements.Add(BuildStatement(statement));
                    break;
                case ITerminalNode separator:
                    WarnAboutDot((SyntaxToken)separator.Symbol);
                    break;
            }
        }

        return statements;
    }

    private static ImmutableArray<Identifier> Temporaries(TemporariesContext? context) =>
        context is not { exception: null } ? [] : [.. context.NAME().Select(node => IdentifierOf(Token(node)))];

    private Statement BuildStatement(StatementContext statement)
    {
        var span = SpanOf(statement);
        var value = statement is { exception: null } ? BuildAssigned(statement) : new ErrorExpression(span);
        return statement.Start.Type == CARET && statement is { exception: null }
            ? new ReturnStatement(span, value)
            : new ExpressionStatement(span, value);
    }

    private Expression BuildExpression(ExpressionContext expression) => BuildAssigned(expression);

    /// <summary>Targets, an operation, and its cascade or cast: of a statement or an expression.</summary>
    private Expression BuildAssigned(ParserRuleContext context)
    {
        int count = context.ChildCount;
        int i = context.GetChild(0) is ITerminalNode ? 1 : 0;
        if (i == count - 1)
        {
            return BuildOperation((OperationContext)context.GetChild(i), isReceiver: false);
        }

        var value = Enter(count, context)
            ? BuildTargets(context.GetRuleContexts<TargetContext>(), BuildValue(context))
            : new ErrorExpression(SpanOf(context));
        Leave(count);
        return value;
    }

    private Expression BuildValue(ParserRuleContext context)
    {
        var operation = context.GetRuleContext<OperationContext>(0);
        var last = context.GetChild(context.ChildCount - 1);
        var first = BuildOperation(operation, isReceiver: last is CascadeContext);
        return last switch
        {
            CascadeContext => BuildCascade(SpanOf(operation), first, context.GetRuleContexts<CascadeContext>()),
            ITerminalNode => BuildCast(SpanOf(context), first),
            _ => first,
        };
    }

    private Expression BuildCast(TextSpan span, Expression value)
    {
        if (value is SendExpression send)
        {
            return new CastExpression(TextSpan.FromBounds(send.Span.Start, span.End), send);
        }

        if (span.End >= source.Text.Length || source.Text[span.End] != '=')
        {
            diagnostics.Report(Catalog.CastOfValue, value.Span);
        }

        return new ErrorExpression(value.Span);
    }

    /// <summary><c>a := b := e</c> assigns from right to left.</summary>
    private Expression BuildTargets(TargetContext[] targets, Expression value)
    {
        for (int i = targets.Length - 1; i >= 0; i--)
        {
            value = BuildTarget(targets[i], value);
        }

        return value;
    }

    private Expression BuildTarget(TargetContext target, Expression value)
    {
        var first = (SyntaxToken)target.Start;
        var span = TextSpan.FromBounds(first.Start, value.Span.End);
        if (first.Type == DESTRUCTURE)
        {
            return new DestructuringExpression(span, BuildPattern(target.pattern()), value);
        }

        Expression variable = first.Type == STATE_TARGET ? StateOf(first) : new NameExpression(first.Span, first.Text);
        return new AssignmentExpression(span, variable, target.COMPOUND_ASSIGN()?.GetText()[..1], value);
    }

    /// <summary><c>self.x</c>.</summary>
    private static StateExpression StateOf(SyntaxToken token) =>
        new(token.Span, new Identifier(TextSpan.FromBounds(token.Start + 5, token.End), token.Text[5..]));

    private void WarnAboutComparisons(ImmutableArray<Statement>.Builder statements)
    {
        for (int i = 0; i < statements.Count - 1; i++)
        {
            WarnAboutComparison(statements[i]);
        }
    }

    private void WarnAboutComparisons(ImmutableArray<TopLevelItem>.Builder items)
    {
        for (int i = 0; i < items.Count - 1; i++)
        {
            if (items[i] is TopLevelStatement top)
            {
                WarnAboutComparison(top.Statement);
            }
        }
    }

    private void WarnAboutComparison(Statement statement)
    {
        if (statement is ExpressionStatement
            {
                Expression: SendExpression { Selector: "=", Receiver: NameExpression or StateExpression } comparison,
            })
        {
            string target = source.Slice(comparison.Receiver.Span);
            diagnostics.ReportWithHint(
                Catalog.EqualsForAssign, comparison.SelectorSpan, $"write := to assign to {target}");
        }
    }

    /// <summary>A name, a period and a name that touch look like an access to another object's state.</summary>
    private void WarnAboutDot(SyntaxToken separator)
    {
        string text = source.Text;
        if (separator.IsInserted || separator.Start == 0 || separator.End >= text.Length
            || !char.IsLower(text[separator.End]) || tokens[separator.TokenIndex - 1].Type != NAME
            || !char.IsLetterOrDigit(text[separator.Start - 1]))
        {
            return;
        }

        string before = tokens[separator.TokenIndex - 1].Text;
        string after = tokens[separator.TokenIndex + 1].Text;
        diagnostics.ReportWithHint(
            Catalog.DotAccess, separator.Span, $"only self.x reads a variable; ask another object: {before} {after}");
    }
}
