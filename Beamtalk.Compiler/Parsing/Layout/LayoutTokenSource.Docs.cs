namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>Doc comments, and remarks above a class or member, wait here for what they document.</summary>
internal sealed partial class LayoutTokenSource
{
    private readonly List<string> _docLines = [];
    private readonly List<string> _remarks = [];
    private int _remarkColumn;
    private int _remarkEndLine;

    private void AddDocLine(SyntaxToken token, bool first)
    {
        if (first)
        {
            ReadOnlySpan<char> line = token.Characters[3..].TrimEnd();
            _docLines.Add((line is [' ', .. var rest] ? rest : line).ToString());
        }
    }

    /// <summary>Remarks on neighbouring lines belong together.</summary>
    private void AddRemark(SyntaxToken token, string text)
    {
        if (token.Column != _remarkColumn || token.Line > _remarkEndLine + 1)
        {
            _remarks.Clear();
        }

        _remarks.Add(text.Trim());
        _remarkColumn = token.Column;
        _remarkEndLine = token.Line + text.AsSpan().Count('\n');
    }

    /// <summary>The documentation of what starts with a token: doc comments, or else the remarks at its column.</summary>
    private string? TakeDoc(SyntaxToken token)
    {
        string? doc = _docLines.Count > 0 ? string.Join('\n', _docLines)
            : _remarks.Count > 0 && _remarkColumn == token.Column ? string.Join('\n', _remarks)
            : null;
        _docLines.Clear();
        _remarks.Clear();
        return doc;
    }
}
