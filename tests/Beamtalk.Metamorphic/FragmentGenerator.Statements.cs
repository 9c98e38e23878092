namespace Beamtalk.Metamorphic;

/// <summary>Statements: assignments, and everything that runs them in a block.</summary>
internal sealed partial class FragmentGenerator
{
    private string Statement(int depth) => IsAtEnd(depth) ? Simple(depth) : OneOf(
        [
            () => Simple(depth),
            () => Simple(depth),
            () => Shows(Feature.ControlFlow, Choice(depth)),
            () => Shows(Feature.ControlFlow, Loop(depth)),
            () => Shows(Feature.ControlFlow, Loop(depth)),
            () => Left(depth),
        ],
        [
            () => Shows(Feature.Block, Stored(depth)),
            () => Shows(Feature.Block, $"self apply: [{Statements(depth)}]"),
            () => Shows(Feature.Exception, $"[{Statements(depth)}] ensure: [{Statements(depth)}]"),
            () => Shows(Feature.Exception, $"{Pick(Numbers)} := {Protected(depth)}"),
            () => Shows(Feature.ClassSide, $"{Pick(Numbers)} := {OnClassSide(depth)}"),
        ]);

    private string Simple(int depth) => OneOf(
        () => $"{Pick(Numbers)} := {Number(depth)}",
        () => $"{Pick(Numbers)} += {Update(depth)} % 7",
        () => $"{Pick(Numbers)} -= {Update(depth)} % 5",
        () => $"@log := @log , \"{Pick("p", "q")}{{{Number(depth)}}}\"",
        () => Shows(Feature.UpdatingMessage, $"@xs add: {Update(depth)}"),
        () => Shows(Feature.UpdatingMessage, $"@xs add: {Update(depth)}; addFirst: {Update(depth)}"),
        () => Shows(Feature.UpdatingMessage, $"@d at: #k{_random.Next(3)} put: {Update(depth)}"),
        () => Shows(Feature.Pattern, Swap(depth)),
        () => Temporary(depth));

    /// <summary>
    /// A variable that is known to what follows in its block. Few names: sibling blocks have one each, or share them.
    /// Sometimes it holds a future, which whatever uses it waits for.
    /// </summary>
    private string Temporary(int depth)
    {
        string value = _random.Next(4) == 0 ? $"helper double: {Number(depth)} % 50" : Number(depth);
        string name = Pick("t", "u", "v");
        string text = $"{name} := {value}";
        _locals = _locals.Push(name);
        return text;
    }

    private string Swap(int depth)
    {
        (string left, string right) = (Fresh("l"), Fresh("r"));
        string text = OneOf(
            () => $"{{{left}, {right}}} := {{{Number(depth)}, {Number(depth)}}}",
            () => $"#[{left}, {right}] := #[{Number(depth)}, {Number(depth)}]",
            () => $"#{{#l => {left}}} := #{{#l => {Number(depth)}}}. {right} := {left}",
            () => $"#({left}, ...{right}s) := #({Number(depth)}, 2) , @xs. {right} := {right}s size");
        _locals = _locals.Push(left).Push(right);
        return text;
    }

    private string Choice(int depth) => OneOf(
        () => $"{Condition(depth)} ifTrue: [{Statements(depth)}]",
        () => $"{Condition(depth)} ifFalse: [{Statements(depth)}]",
        () => $"{Condition(depth)} ifTrue: [{Statements(depth)}] ifFalse: [{Statements(depth)}]",
        () => $"{Pick(Numbers)} := {Number(depth)} match: [0 -> 1; _ -> [{Body(depth)}]]");

    private string Loop(int depth)
    {
        (string index, string counter) = (Fresh("i"), Fresh("w"));
        string Inside() => With(index, () => Statements(depth));
        return OneOf(
            [
                () => $"1 to: {_random.Next(1, 4)} do: [:{index} | {Inside()}]",
                () => $"1 to: ({Number(depth)} % 4) do: [:{index} | {Inside()}]",
                () => $"{_random.Next(3, 6)} to: 1 by: -2 do: [:{index} | {Inside()}]",
                () => $"{_random.Next(1, 4)} timesRepeat: [{Statements(depth)}]",
                () => $"#(7, 8, 9) do: [:{index} | {Inside()}]",
                () => $"#[7, 8] do: [:{index} | {Inside()}]",
                () => $"{counter} := 0. [{counter} < {_random.Next(1, 4)}] whileTrue: [{counter} += 1. {Statements(depth)}]",
                () => $"{counter} := 0. [{counter} += 1. {Statements(depth)}. {counter} > {_random.Next(1, 3)}] "
                    + $"whileFalse: [{Statements(depth)}]",
            ],
            [
                () => $"(@xs take: 2) doWithIndex: [:{index} :{index}n | {Inside()}]",
                () => $"self each: (@xs take: 2) do: [:{index} | {Inside()}]",
            ]);
    }

    /// <summary>Blocks that are kept and called later, together or again.</summary>
    private string Stored(int depth)
    {
        (string block, string parameter) = (Fresh("blk"), Fresh("p"));
        string target = Pick(Numbers);
        return OneOf(
            () => $"{block} := [:{parameter} | {With(parameter, () => Body(depth))}]. "
                + $"{target} := ({block} value: {Number(depth)}) + ({block} value: {Atomic()})",
            () => $"{block} := #([{Body(depth)}], [{Body(depth)}]). "
                + $"{block} do: [:{parameter} | {target} := ({target} + {parameter} value) % 97]",
            () => $"{block} := self counter. {block} value. {target} := {block} value * 10 + {block} value",
            () => $"{block} := [[:{parameter} | {With(parameter, () => Body(depth))}]]. "
                + $"{target} := {block} value value: {Number(depth)}");
    }

    private string Left(int depth)
    {
        if (!_mayReturn || depth == 0)
        {
            return Simple(depth);
        }

        string value = $"{{#early, {Number(depth)}, @a, @log}}";
        return Shows(Feature.NonLocalReturn, OneOf(
            [
                () => $"{Condition(depth)} ifTrue: [^ {value}]",
                () => $"{Number(depth)} match: [0 -> [^ {value}]; _ -> 1]",
            ],
            [
                () => $"self apply: [:{Fresh("r")} | ^ {value}] to: {Number(depth)}",
                () => $"MetaTools when: {Condition(depth)} do: [^ {value}]",
                () => $"[Error signal: \"out\"] on: Error do: [^ {value}]",
                () => $"[^ {value}] ensure: [{Statements(depth)}]",
            ]));
    }
}
