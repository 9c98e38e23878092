using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Parsing.Building;

/// <summary>Builds the tree of a flat list of operands and operators, with two stacks.</summary>
internal sealed class PrecedenceClimber
{
    private const int Loosest = 6;

    private readonly Stack<Expression> _operands = new();
    private readonly Stack<SyntaxToken> _operators = new();

    public void AddOperand(Expression operand) => _operands.Push(operand);

    public void AddOperator(SyntaxToken next)
    {
        while (_operators.TryPeek(out var before) && BindsFirst(before, next))
        {
            Reduce();
        }

        _operators.Push(next);
    }

    public Expression Finish()
    {
        while (_operators.Count > 0)
        {
            Reduce();
        }

        return _operands.Pop();
    }

    private void Reduce()
    {
        var op = _operators.Pop();
        var right = _operands.Pop();
        var left = _operands.Pop();
        var span = TextSpan.FromBounds(left.Span.Start, right.Span.End);
        _operands.Push(new SendExpression(span, left, op.Text, op.Span, [right]));
    }

    private static bool BindsFirst(SyntaxToken before, SyntaxToken next)
    {
        int level = LevelOf(next);
        return level == 1 ? false : LevelOf(before) <= level;
    }

    /// <summary>1 binds tightest and to the right, the others to the left.</summary>
    public static int LevelOf(SyntaxToken token) => token.Characters switch
    {
        "**" => 1,
        "*" or "/" or "%" => 2,
        "+" or "-" or "++" or "," => 3,
        "<" or "<=" or ">" or ">=" => 4,
        "=" or "==" or "/=" or "~=" or "=:=" or "=/=" => 5,
        _ => Loosest,
    };
}
