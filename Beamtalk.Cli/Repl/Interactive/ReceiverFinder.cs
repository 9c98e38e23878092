using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Parsing;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>The receiver of the message that is being typed, as far as it can be told without evaluating anything.</summary>
public sealed record Receiver(ReceiverKind Kind, string Name);

/// <summary>
/// Finds, from the words before a message, whom it is for. The last operand is the receiver of a unary message; what
/// stands before the first keyword is the receiver of a keyword message of which a further part may follow.
/// </summary>
public sealed class ReceiverFinder(string text, IReadOnlyList<Word> words)
{
    /// <summary>The receiver of a unary message, if the words end with one that is known.</summary>
    public Receiver? OfUnary() => At(words.Count - 1);

    /// <summary>Whether the words end with something that a message can be sent to.</summary>
    public bool EndsWithOperand => words.Count > 0 && (words[^1].Class
        is WordClass.ClassName or WordClass.Variable or WordClass.Number or WordClass.Symbol or WordClass.Text
            or WordClass.PseudoVariable || IsUnary(words[^1]) || TextOf(words[^1]) is ")" or "]" or "}");

    /// <summary>The receiver of the keyword message that the words have begun, and its keywords so far.</summary>
    public (Receiver? Receiver, string Keywords) OfKeywords()
    {
        string keywords = "";
        int first = words.Count;
        for (int at = words.Count - 1; at >= 0 && !IsBoundary(words[at]); at--)
        {
            if (IsClosing(words[at]))
            {
                at = Opening(at);
            }
            else if (IsKeyword(words[at]))
            {
                keywords = TextOf(words[at]) + keywords;
                first = at;
            }
        }

        return keywords.Length == 0 ? (null, "") : (At(first - 1), keywords);
    }

    private Receiver? At(int index)
    {
        if (index < 0)
        {
            return null;
        }

        Word word = words[index];
        string name = TextOf(word);
        return word.Class switch
        {
            WordClass.Variable => new Receiver(ReceiverKind.Variable, name),
            WordClass.ClassName => new Receiver(ReceiverKind.Class, name),
            WordClass.Number => Instance(name.Contains('.') ? "Float" : "Integer"),
            WordClass.Symbol => Instance(name[0] == '$' ? "Character" : "Symbol"),
            WordClass.Text => Instance("String"),
            WordClass.PseudoVariable => name switch
            {
                "nil" => Instance("UndefinedObject"),
                "true" or "false" => Instance("Boolean"),
                "self" => Instance("Workspace"),
                _ => null,
            },
            WordClass.Bracket when IsClosing(word) && Opening(index) is >= 0 and var open => OfBrackets(TextOf(words[open]), open, index),
            _ => null,
        };
    }

    private Receiver? OfBrackets(string open, int start, int end) => open switch
    {
        "[" => Instance("Block"),
        "#(" => Instance("List"),
        "#[" => Instance("Array"),
        "#{" => Instance("Dictionary"),
        "{" => Instance("Tuple"),
        "(" when end == start + 2 => At(start + 1),
        _ => null,
    };

    private static Receiver Instance(string name) => new(ReceiverKind.Instance, name);

    private string TextOf(Word word) => text[word.Span.Start..word.Span.End];

    private bool IsKeyword(Word word) => word.Class is WordClass.Selector or WordClass.Modifier && TextOf(word).EndsWith(':');

    private bool IsUnary(Word word) => word.Class == WordClass.Selector && !TextOf(word).EndsWith(':');

    private bool IsClosing(Word word) => word.Class == WordClass.Bracket && TextOf(word) is ")" or "]" or "}";

    /// <summary>Where an expression begins: an opening bracket, an assignment, a return, the end of a statement.</summary>
    private bool IsBoundary(Word word) => TextOf(word) is ":=" or "^" or "." or ";" or "|" or "=>" or "->"
        || (word.Class == WordClass.Bracket && !IsClosing(word));

    /// <summary>The bracket that one closes; -1 if it is missing.</summary>
    private int Opening(int closing)
    {
        int depth = 0;
        for (int at = closing; at >= 0; at--)
        {
            if (words[at].Class == WordClass.Bracket)
            {
                depth += IsClosing(words[at]) ? 1 : -1;
                if (depth == 0)
                {
                    return at;
                }
            }
        }

        return -1;
    }
}
