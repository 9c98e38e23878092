namespace Beamtalk.Cli.Repl.Editing;

/// <summary>How a part of a text looks: a parameter of the escape sequence SGR, empty for none.</summary>
public readonly record struct StyledSpan(int Start, int End, string Style);

/// <summary>Gives a text its colours; what no span covers is plain.</summary>
public delegate IReadOnlyList<StyledSpan> Styler(string text);

/// <summary>Styles by what they mean.</summary>
public static class Style
{
    public const string None = "";
    public const string Prompt = "1;34";
    public const string Faint = "2";
    public const string Error = "31";
    public const string Warning = "33";
    public const string Note = "36";
    public const string Selected = "7";

    public static string Apply(string style, string text) => style.Length == 0 ? text : $"\e[{style}m{text}\e[0m";
}
