namespace Beamtalk.Metamorphic;

/// <summary>Expressions whose values are small integers, and conditions.</summary>
internal sealed partial class FragmentGenerator
{
    private string Number(int depth) => IsAtEnd(depth) ? Atomic() : OneOf(
        [
            Atomic,
            Atomic,
            () => Calculated(depth),
            () => $"(self twice: {Number(depth + 1)}) % 97".InParentheses(),
            () => $"(self kind: {Number(depth + 1)})",
            () => "@xs size",
            () => Shows(Feature.Future, () => Awaited(depth)),
            () => Shows(Feature.ControlFlow, () => Conditional(depth)),
            () => Shows(Feature.Pattern, () => Matching(depth)),
            () => $"(nil ifNil: [{Body(depth)}])",
            () => IfNotNil(depth),
        ],
        [
            () => Shows(Feature.Block, () => Called(depth)),
            () => Shows(Feature.Block, () => $"(self apply: [{Body(depth)}])"),
            () => Shows(Feature.Block, () => Folded(depth)),
            () => Shows(Feature.Block, () => Sent(depth)),
            () => Shows(Feature.Block, () => $"(@d at: #k{_random.Next(3)} ifAbsent: [{Body(depth)}])"),
            () => Shows(Feature.Exception, () => Protected(depth)),
            () => Shows(Feature.ClassSide, () => OnClassSide(depth)),
            () => Shows(Feature.Receive, () => Received(depth)),
        ]);

    /// <summary>In the second spelling the operands are arguments, whose order nobody can mistake.</summary>
    private string Calculated(int depth)
    {
        (string left, string op, string right) = (Number(depth + 1), Pick("+", "-", "*"), Number(depth + 1));
        return Either(
            $"(({left} {op} {right}) % 97)",
            $"((MetaTools calculate: {left} with: #{op} with: {right}) % 97)");
    }

    private string Conditional(int depth)
    {
        (string condition, string yes, string no) = (Condition(depth + 1), Body(depth), Number(depth + 1));
        return Either(
            $"({condition} ifTrue: [{yes}] ifFalse: [{no}])",
            $"({condition} match: [true -> [{yes}]; false -> {no}])");
    }

    /// <summary>A message to the process that runs this; or none, and the time is over at once.</summary>
    private string Received(int depth)
    {
        (string name, string tag) = (Fresh("g"), $"#m{_random.Next(3)}");
        string Arm() => With(name, () => Body(depth));
        string Sent() => $"Process send: {{{tag}, {Number(depth + 1)}}} to: Process current";
        return OneOf(
            () => $"([{Sent()}. Process receive: [{{#none, _}} -> 0; {{{tag}, {name}}} -> [{Arm()}]]] value)",
            () => $"([{Sent()}. Process receive: [{{{tag}, {name}}} when: [{name} > 5] -> [{Arm()}]; "
                + $"{{{tag}, {name}}} -> {With(name, () => Number(depth + 1))}]] value)",
            () => $"(Process receive: [{{#none, _}} -> 0] after: 0 do: [{Body(depth)}])");
    }

    private string IfNotNil(int depth)
    {
        string name = Fresh("o");
        return $"({Pick(Numbers)} ifNotNil: [:{name} | {With(name, () => Body(depth))}] ifNil: [{Number(depth + 1)}])";
    }

    private string Awaited(int depth) => OneOf(
        [
            () => $"(helper double: {Number(depth + 1)}) await % 97".InParentheses(),
            () => $"((helper double: {Number(depth + 1)}) + {Number(depth + 1)}) % 97".InParentheses(),
            () => $"((Future all: #(helper double: {Number(depth + 1)}, helper double: {Atomic()})) await sum % 97)",
            () => $"((helper double: {Number(depth + 1)}) match: [0 -> 1; {Fresh("f")} -> [{Body(depth)}]])",
            () => $"((helper double: {Number(depth + 1)}) > 9 and: [{Comparison(depth)}]) asString size".InParentheses(),
        ],
        [
            // Another actor cannot read the variables of this one, so this block has none of them.
            () => $"((helper after: {Number(depth + 1)} add: [:z | z + {_random.Next(9)}]) % 97)",
        ]);

    /// <summary>The class's methods run in the caller, so its blocks are those of the caller.</summary>
    private string OnClassSide(int depth)
    {
        string name = Fresh("z");
        string body = With(name, () => Body(depth));
        return OneOf(
            () => $"(MetaTools apply: [:{name} | {body}] to: {Number(depth + 1)})",
            () => $"(MetaTools when: {Condition(depth + 1)} do: [{Body(depth)}])",
            () => $"(MetaTools new: {Number(depth + 1)} collect: [:{name} | {body}])",
            () => $"(MetaTools protect: [{Body(depth)}])");
    }

    private string Atomic() => OneOf(
        () => _random.Next(-3, 10).ToString(System.Globalization.CultureInfo.InvariantCulture).InParenthesesIfNegative(),
        () => Pick(Numbers),
        () => Pick(Numbers),
        () => _locals.IsEmpty ? Pick(Numbers) : Pick([.. _locals]));

    private string Condition(int depth) => IsAtEnd(depth) ? Comparison(depth) : OneOf(
        [
            () => Comparison(depth),
            () => Comparison(depth),
            () => Combined(depth, "and:", "ifTrue:", "false"),
            () => Combined(depth, "or:", "ifFalse:", "true"),
            () => $"{Condition(depth + 1)} not",
        ],
        [
            () => Shows(Feature.Block, () => $"(self apply: [{Statements(depth)}. {Comparison(depth + 1)}])"),
        ]);

    private string Combined(int depth, string message, string choice, string otherwise)
    {
        (string first, string second) = (Comparison(depth), $"{Statements(depth)}. {Condition(depth + 1)}");
        string opposite = choice == "ifTrue:" ? "ifFalse:" : "ifTrue:";
        return Either($"({first} {message} [{second}])", $"({first} {choice} [{second}] {opposite} [{otherwise}])");
    }

    private string Comparison(int depth) => $"({Number(depth + 1)} {Pick("<", ">", "<=", "=", "/=")} {Number(depth + 1)})";

    private string Matching(int depth)
    {
        string name = Fresh("m");
        return OneOf(
            () => $"(({Number(depth + 1)} % 4) match: [0 -> {Number(depth + 1)}; "
                + $"{name} when: [{name} > 2] -> [{With(name, () => Body(depth))}]; _ -> {Number(depth + 1)}])",
            () => $"({{{Number(depth + 1)}, {Number(depth + 1)} % 2}} match: [{{{name}, 0}} -> "
                + $"{With(name, () => Number(depth + 1))}; {{_, {name}}} -> [{With(name, () => Body(depth))}]])",
            () => Typed(name, Number(depth + 1), With(name, () => Body(depth)), Number(depth + 1)),
            () => $"(@d match: [#{{#k0 => {name}}} -> [{With(name, () => Body(depth))}]; _ -> {Number(depth + 1)}])",
            () => $"(@log match: [\"p\" ++ {name} -> {name} size; _ -> [{Body(depth)}]])",
            () => $"(@xs match: [#() -> 0; #({name}, ...rest{name}) -> {With(name, () => Number(depth + 1))} + rest{name} size])");
    }

    /// <summary>A future is not what a pattern sees, whatever variable holds it.</summary>
    private static string Typed(string name, string value, string body, string otherwise)
    {
        string arms = $"[{name} :: Integer -> [{body}]; _ -> {otherwise}]";
        string future = $"helper double: {value} % 50";
        return Either($"([{name}f := {future}. {name}f match: {arms}] value)", $"(({future}) await match: {arms})");
    }

    private string Sent(int depth)
    {
        string name = Fresh("y");
        return OneOf(
            () => $"(self twice: 1; apply: [{Body(depth)}])",
            () => $"(self perform: #apply:to: with: [:{name} | {With(name, () => Body(depth))}] with: {Number(depth + 1)})",
            () => $"((@xs take: 3) detect: [:{name} | {Statements(depth)}. {name} > 4] ifNone: [{Body(depth)}])");
    }

    private string Called(int depth)
    {
        string parameter = Fresh("p");
        string block = $"[:{parameter} | {With(parameter, () => Body(depth))}]";
        return OneOf(
            () => $"({block} value: {Number(depth + 1)})",
            () => $"(self apply: {block} to: {Number(depth + 1)})");
    }

    private string Folded(int depth)
    {
        (string sum, string item) = (Fresh("s"), Fresh("x"));
        string body = With(sum, () => With(item, () => Body(depth)));
        return OneOf(
            () => $"((@xs take: 3) inject: {Number(depth + 1)} into: [:{sum} :{item} | {body}])",
            () => $"(((@xs take: 3) collect: [:{item} | {With(item, () => Body(depth))}]) "
                + $"inject: 0 into: [:{sum} :{item}x | ({sum} + {item}x) % 97])");
    }

    private string Retried(int depth, string error)
    {
        string counter = Fresh("w");
        return $"([{counter} := 0. [{counter} += 1. {Statements(depth)}. {counter} < 2 ifTrue: [Error signal: \"again\"]. "
            + $"{Number(depth + 1)}] on: Error do: [:{error} | {error} retry]] value)";
    }

    private string Protected(int depth)
    {
        string error = Fresh("e");
        string failing = $"{Statements(depth)}. {Condition(depth + 1)} ifTrue: [Error signal: \"oops\"]. {Number(depth + 1)}";
        return OneOf(
            () => $"([{failing}] on: Error do: [:{error} | {Statements(depth)}. {error} message size])",
            () => $"([{failing}] on: Error do: [:{error} | {error} return: {Number(depth + 1)}])",
            () => $"([{Body(depth)}] ensure: [{Statements(depth)}])",
            () => $"([[{failing}] ensure: [{Statements(depth)}]] on: Error do: [:{error} | {Number(depth + 1)}])",
            () => $"([{Statements(depth)}. (Warning signal: \"hm\") + {Number(depth + 1)}] on: Warning do: "
                + $"[:{error} | {Statements(depth)}. {error} resume: {Number(depth + 1)}])",
            () => Retried(depth, error),
            () => $"([[{failing}] ifCurtailed: [{Statements(depth)}]] on: Error do: [:{error} | {Number(depth + 1)}])",
            () => $"([[{Body(depth)}] ensure: [{Statements(depth)}. {Number(depth + 1)}]] value)",
            () => Shows(Feature.Future, () => $"([(MetaHelper spawn) crash: {Number(depth + 1)}] on: Error do: [:{error} | {Body(depth)}])"));
    }
}

internal static class Texts
{
    public static string InParentheses(this string text) => $"({text})";

    public static string InParenthesesIfNegative(this string text) => text[0] == '-' ? $"({text})" : text;
}
