using System.Text;

namespace Beamtalk.Bench.FrontEnd;

/// <summary>Writes classes that use every part of the grammar; the same seed gives the same text.</summary>
internal sealed class SourceGenerator(int seed)
{
    private static readonly string[] Names =
        ["value", "total", "count", "items", "index", "result", "name", "agent", "message", "other"];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private int _lines;

    /// <summary>Classes until there are so many lines; answers the text and how many classes it has.</summary>
    public (string Text, int Classes, int Lines) Generate(int lines)
    {
        int classes = 0;
        while (_lines < lines)
        {
            Class(++classes);
        }

        return (_text.ToString(), classes, _lines);
    }

    private void Class(int number)
    {
        Line($"/// Keeps the numbers of department {number}.");
        Line($"{Pick("Actor", "Value", "Object", "Actor")} subclass: Department{number}");
        Line($"  state: value = {_random.Next(1000)}");
        Line("  state: items :: List(Integer) = List new");
        Line("");
        for (int i = 0; i < 8; i++)
        {
            Method(i);
        }
    }

    private void Method(int number)
    {
        Line($"  // Method {number} of this class");
        Line(_random.Next(4) switch
        {
            0 => $"  #{Name()}{number} =>",
            1 => $"  at{number}: key put: other{number} :: Integer -> Integer =>",
            2 => $"  {Name()}{number}: one with: two =>",
            _ => $"  {Name()}{number}: seed =>",
        });
        Line($"    | {string.Join(' ', Names)} |");
        int count = _random.Next(2, 7);
        for (int i = 0; i < count; i++)
        {
            Statement();
        }

        Line($"    ^ self.value {Operator()} {_random.Next(100)}");
        Line("");
    }

    private void Statement()
    {
        switch (_random.Next(9))
        {
            case 0:
                Line($"    {Name()} := {Expression()}.");
                break;
            case 1:
                Line($"    self.items add: {Expression()}");
                break;
            case 2:
                Line($"    {Name()} {Operator()} {Expression()} ifTrue: [ self.value += 1 ] ifFalse: [ ^ #none ]");
                break;
            case 3:
                Line($"    Transcript show: \"{Name()} is {{{Name()} printString}} of {Name()}\"; cr");
                break;
            case 4:
                Line($"    1 to: {_random.Next(9)} do: [:each |");
                Line($"      {Name()} := {Name()} at: each put: (each * {_random.Next(9)} + {Name()})");
                Line("    ]");
                break;
            case 5:
                Line($"    {Name()} match: [");
                Line($"      {{#ok, v}} -> v {Operator()} 1;");
                Line("      #(head, ...tail) when: [head > 3] -> tail size");
                Line("      _ -> nil");
                Line("    ]");
                break;
            case 6:
                Line($"    {Name()} := #(1, {_random.Next(99)}, 3.5, #sym, $a, 'text') collect: [:x | x {Operator()} {Name()}]");
                break;
            case 7:
                Line($"    {Name()} := #{{#name => {Name()}, \"key\" => ({Expression()})}}");
                break;
            default:
                Line($"    self {Name()}: {Expression()} with: {Name()} size. {Name()} foo; bar: {Name()}");
                break;
        }
    }

    private string Expression() => _random.Next(5) switch
    {
        0 => _random.Next(100000).ToString(),
        1 => $"{Name()} {Operator()} {Name()} {Operator()} {_random.Next(10)}",
        2 => $"({Name()} {Name()} {Operator()} {Name()})",
        3 => $"self.value {Operator()} {Name()} size",
        _ => $"{Name()} {Name()}",
    };

    private string Name() => Names[_random.Next(Names.Length)];

    private string Operator() => Pick("+", "-", "*", "/", ",", "<", ">=", "=");

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private void Line(string line)
    {
        _text.Append(line).Append('\n');
        _lines++;
    }
}
