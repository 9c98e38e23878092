using System.Collections.Immutable;
using System.Globalization;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Syntax;

/// <summary>Writes statements and expressions on one line, every message in parentheses.</summary>
internal static class ExpressionPrinter
{
    public static string Print(Statement statement) => statement switch
    {
        ReturnStatement { Value: var value } => "^ " + Print(value),
        ExpressionStatement { Expression: var expression } => Print(expression),
        _ => throw new InvalidOperationException($"unknown statement {statement.GetType().Name}"),
    };

    public static string Print(Expression expression) => DeepStack.Run(expression, PrintOne);

    private static string PrintOne(Expression expression) => expression switch
    {
        NameExpression name => name.Name,
        ClassReference reference => reference.Name.ToString(),
        SelfExpression => "self",
        SuperExpression => "super",
        StateExpression state => $"self.{state.Name}",
        ParenthesizedExpression { Inner: var inner } => $"({Print(inner)})",
        SendExpression send => $"({Print(send.Receiver)} {Message(send.Selector, send.Arguments)})",
        CastExpression cast => $"{Print(cast.Send)}!",
        CascadeExpression cascade => Cascade(cascade),
        AssignmentExpression assignment =>
            $"{Print(assignment.Target)} {assignment.Operator ?? ":"}= {Print(assignment.Value)}",
        DestructuringExpression pattern => $"{PatternPrinter.Print(pattern.Pattern)} := {Print(pattern.Value)}",
        BlockExpression block => Block(block),
        MatchExpression match => $"({Print(match.Subject)} match: {Arms(match.Arms)})",
        ReceiveExpression receive => Receive(receive),
        ErrorExpression => "<error>",
        _ => Literal(expression),
    };

    private static string Literal(Expression expression) => expression switch
    {
        IntegerLiteral integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        FloatLiteral real => real.Value.ToString("0.0###############", CultureInfo.InvariantCulture),
        StringLiteral text => Quote(text.Value),
        InterpolatedString text => $"interpolate({string.Join(", ", text.Parts.Select(Print))})",
        CharacterLiteral character => $"$\\u{{{character.CodePoint:X}}}",
        SymbolLiteral symbol => $"#'{symbol.Value}'",
        NilLiteral => "nil",
        BooleanLiteral boolean => boolean.Value ? "true" : "false",
        ListExpression list => $"#({List(list.Elements)})",
        ArrayExpression array => $"#[{List(array.Elements)}]",
        TupleExpression tuple => $"{{{List(tuple.Elements)}}}",
        DictionaryExpression dictionary =>
            $"#{{{string.Join(", ", dictionary.Entries.Select(entry => $"{Print(entry.Key)} => {Print(entry.Value)}"))}}}",
        _ => throw new InvalidOperationException($"unknown expression {expression.GetType().Name}"),
    };

    public static string Quote(string text) => "\"" + text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal) + "\"";

    private static string List(ImmutableArray<Expression> elements) => string.Join(", ", elements.Select(Print));

    private static string Message(string selector, ImmutableArray<Expression> arguments)
    {
        if (arguments.Length < 2)
        {
            return string.Join(' ', [selector, .. arguments.Select(Print)]);
        }

        string[] parts = selector.Split(':', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', parts.Zip(arguments, (part, argument) => $"{part}: {Print(argument)}"));
    }

    private static string Cascade(CascadeExpression cascade) =>
        $"({Print(cascade.Receiver)} "
        + string.Join("; ", cascade.Messages.Select(message => Message(message.Selector, message.Arguments))) + ")";

    private static string Block(BlockExpression block)
    {
        string parameters = string.Concat(block.Parameters.Select(parameter =>
            $":{parameter.Name}{(parameter.Type is { } type ? $" :: {PatternPrinter.Print(type)}" : "")} "));
        string temporaries = block.Body.Temporaries.IsEmpty ? "" : $"| {string.Join(' ', block.Body.Temporaries)} | ";
        return $"[{parameters}{(parameters.Length > 0 ? "| " : "")}{temporaries}"
            + string.Join(". ", block.Body.Statements.Select(Print)) + "]";
    }

    private static string Arms(ImmutableArray<MatchArm> arms) => $"[{string.Join("; ", arms.Select(Arm))}]";

    private static string Arm(MatchArm arm) =>
        PatternPrinter.Print(arm.Pattern) + (arm.Guard is { } guard ? $" when: [{Print(guard)}]" : "") + $" -> {Print(arm.Body)}";

    private static string Receive(ReceiveExpression receive) => $"(Process receive: {Arms(receive.Arms)}"
        + (receive.Timeout is { } timeout ? $" after: {Print(timeout)} do: {Print(receive.TimeoutBlock!)}" : "") + ")";
}
