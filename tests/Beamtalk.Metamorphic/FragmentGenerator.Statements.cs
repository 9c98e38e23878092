namespace Beamtalk.Metamorphic;

/// <summary>Statements: assignments, and everything that runs them in a block.</summary>
internal sealed partial class FragmentGenerator
{
    private string Statement(int depth) => IsAtEnd(depth) ? Simple(depth) : OneOf(
        [
            () => Simple(depth),
            () => Simple(depth),
            () => Shows(Feature.ControlFlow, () => Choice(depth)),
            () => Shows(Feature.ControlFlow, () => Loop(depth)),
            () => Shows(Feature.ControlFlow, () => Loop(depth)),
            () => Left(depth),
        ],
        [
            () => Shows(Feature.Block, () => Stored(depth)),
            () => Shows(Feature.Block, () => $"self apply: [{Statements(depth)}]"),
            () => Shows(Feature.Exception, () => $"[{Statements(depth)}] ensure: [{Statements(depth)}]"),
            () => Shows(Feature.Exception, () => $"{Pick(Numbers)} := {Protected(depth)}"),
            () => Shows(Feature.ClassSide, () => $"{Pick(Numbers)} := {OnClassSide(depth)}"),
        ]);

    private string Simple(int depth) => OneOf(
        () => $"{Pick(Numbers)} := {Number(depth)}",
        () => Compound(Pick(Numbers), "+", $"{Update(depth)} % 7"),
        () => Compound(Pick(Numbers), "-", $"{Update(depth)} % 5"),
        () => Logged(Pick("p", "q"), Number(depth)),
        () => Shows(Feature.UpdatingMessage, () => $"@xs add: {Update(depth)}"),
        () => Shows(Feature.UpdatingMessage, () => Cascaded(Update(depth), Update(depth))),
        () => Shows(Feature.UpdatingMessage, () => $"@d at: #k{_random.Next(3)} put: {Update(depth)}"),
        () => Shows(Feature.Pattern, () => Swap(depth)),
        () => Temporary(depth));

    private static string Compound(string target, string op, string value) =>
        Either($"{target} {op}= {value}", $"{target} := {target} {op} ({value})");

    private static string Logged(string letter, string value) =>
        Either($"@log := @log , \"{letter}{{{value}}}\"", $"@log := @log , \"{letter}\" , ({value}) displayString");

    private static string Cascaded(string last, string first) =>
        Either($"@xs add: {last}; addFirst: {first}", $"@xs add: {last}. @xs addFirst: {first}");

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

    /// <summary>Into names of its own, or into temporaries that what follows reads. The second spelling assigns them one by one.</summary>
    private string Swap(int depth)
    {
        if (_random.Next(2) == 0)
        {
            return SwapOfVariables(depth);
        }

        (string left, string right) = _random.Next(2) == 0 ? (Fresh("l"), Fresh("r")) : ("t", "u");
        (string first, string second) = (Number(depth), Number(depth));
        (string one, string two) = (Fresh("l"), Fresh("r"));
        string apart = $"{one} := {first}. {two} := {second}. {left} := {one}. {right} := {two}";
        string text = OneOf(
            () => Either($"{{{left}, {right}}} := {{{first}, {second}}}", apart),
            () => Either($"#[{left}, {right}] := #[{first}, {second}]", apart),
            () => Either($"#{{#l => {left}, #r => {right}}} := #{{#l => {first}, #r => {second}}}", apart),
            () => $"#({left}, ...{right}s) := #({first}, 2) , @xs. {right} := {right}s size");
        _locals = _locals.Push(left).Push(right);
        return text;
    }

    /// <summary>A pattern assigns variables, but not those of an object: see <see cref="Placement"/>.</summary>
    private string SwapOfVariables(int depth)
    {
        (string first, string second) = (Number(depth), Number(depth));
        (string left, string right) = (Fresh("l"), Fresh("r"));
        string values = $"{{{first}, {second}}}";
        return Either($"{{{left}, {right}}} := {values}. @a := {left}. @b := {right}", $"{{@a, @b}} := {values}");
    }

    private string Choice(int depth) => OneOf(
        () => $"{Condition(depth)} ifTrue: [{Statements(depth)}]",
        () => $"{Condition(depth)} ifFalse: [{Statements(depth)}]",
        () => Branches(Condition(depth), Statements(depth), Statements(depth)),
        () => $"{Pick(Numbers)} := {Number(depth)} match: [0 -> 1; _ -> [{Body(depth)}]]");

    private static string Branches(string condition, string yes, string no) => Either(
        $"{condition} ifTrue: [{yes}] ifFalse: [{no}]", $"{condition} match: [true -> [{yes}]; _ -> [{no}]]");

    private string Loop(int depth)
    {
        (string index, string counter) = (Fresh("i"), Fresh("w"));
        string Inside() => With(index, () => Statements(depth));
        return OneOf(
            [
                () => Counting("1 to:", $"{_random.Next(1, 4)}", $"[:{index} | {Inside()}]"),
                () => Counting("1 to:", $"({Number(depth)} % 4)", $"[:{index} | {Inside()}]"),
                () => Counting($"{_random.Next(3, 6)} to:", "1 by: -2", $"[:{index} | {Inside()}]"),
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

    /// <summary>A message to the number, or to an Interval.</summary>
    private static string Counting(string start, string end, string block) =>
        Either($"{start} {end} do: {block}", $"({start} {end}) do: {block}");

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
                + $"{target} := {block} value value: {Number(depth)}",
            () => Late(block, depth));
    }

    /// <summary>What is assigned once the block is there, it sees: as if it had been assigned before.</summary>
    private string Late(string block, int depth)
    {
        (string seen, string target) = (Fresh("q"), Pick(Numbers));
        (string first, string second) = (Number(depth), Number(depth));
        string made = $"{block} := [{Statements(depth)}. {seen} + {Number(depth + 1)}]";
        string assigned = $"{seen} := {second}";
        string called = $"{target} := {block} value % 97";
        return $"{seen} := {first}. "
            + Either($"{made}. {assigned}. {called}", $"{assigned}. {made}. {called}");
    }

    private string Left(int depth)
    {
        if (!_mayReturn || depth == 0)
        {
            return Simple(depth);
        }

        string value = $"{{#early, {Number(depth)}, @a, @log}}";
        return Shows(Feature.NonLocalReturn, () => OneOf(
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
