using System.Collections.Immutable;
using Antlr4.Runtime;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// Puts the tokens of a file into a document, in their order, each once, and with each the comments before it. Whoever
/// walks the tree only says what may stand between two tokens: no comment can be forgotten.
/// </summary>
internal sealed class TokenEmitter
{
    private const int WidestGap = 2;

    private static readonly TextDoc OneSpace = new(" ");

    private readonly ImmutableArray<SyntaxToken> _tokens;
    private readonly ImmutableArray<Gap> _gaps;
    private readonly Modernizer? _modernizer;
    private readonly Stack<List<Doc>> _scopes = new();
    private List<Doc> _current = [];
    private Gap? _skipped;
    private int _next;
    private bool _isSeparated;
    private bool _hasText;

    public TokenEmitter(SourceText source, IEnumerable<SyntaxToken> tokens, Modernizer? modernizer)
    {
        _tokens = TriviaReader.Visible(tokens);
        _gaps = TriviaReader.ReadGaps(source, _tokens);
        _modernizer = modernizer;
    }

    /// <summary>The token printed last.</summary>
    public SyntaxToken? Previous { get; private set; }

    /// <summary>That token, or the first one of the string that it ends.</summary>
    public SyntaxToken? PreviousStart { get; private set; }

    /// <summary>The columns of the present top-level item and of its members, if it is a class.</summary>
    public int ItemColumn { get; set; }

    public int MemberColumn { get; set; }

    public SyntaxToken? Next => _next < _tokens.Length ? _tokens[_next] : null;

    public void Open()
    {
        _scopes.Push(_current);
        _current = [];
    }

    public Doc Close()
    {
        Doc closed = _current is [var only] ? only : new ConcatDoc([.. _current]);
        _current = _scopes.Pop();
        return closed;
    }

    public void Add(Doc? doc)
    {
        if (doc is not null)
        {
            _current.Add(doc);
        }
    }

    public void Token(IToken token, string? text = null)
    {
        Expect(token);
        Separate(Boundary.None);
        Add(new TextDoc(text ?? _tokens[_next].Text));
        Advance(_tokens[_next]);
    }

    /// <summary>A token that the modern spelling leaves out; the comments before it go with the next one.</summary>
    public void Skip(IToken token)
    {
        Expect(token);
        if (!_isSeparated)
        {
            _skipped = PeekGap();
        }

        (_isSeparated, _next) = (false, _next + 1);
    }

    /// <summary>All from one token to another as it stands in the source.</summary>
    public void Verbatim(SyntaxToken first, SyntaxToken last, string text)
    {
        Expect(first);
        Separate(Boundary.None);
        Add(new TextDoc(text[first.Start..last.End]));
        while (_tokens[_next] != last)
        {
            _next++;
        }

        Advance(first);
    }

    /// <summary>Writes the comments before the next token and what stands between them and it.</summary>
    public BreakDoc? Separate(Boundary boundary)
    {
        var end = Comments(boundary);
        Add(end);
        return end as BreakDoc;
    }

    /// <summary>Writes the comments before the next token; answers what stands between them and it.</summary>
    public Doc? Comments(Boundary boundary)
    {
        if (_isSeparated)
        {
            return null;
        }

        var gap = PeekGap();
        (_isSeparated, _skipped) = (true, null);
        if (gap.Trivia.IsEmpty)
        {
            return WithoutComments(boundary, gap);
        }

        gap = _modernizer?.Convert(gap, boundary.DocColumn) ?? gap;
        if (boundary.Flat.StartsWith('.') && !gap.HasLineEnd)
        {
            Add(new TextDoc("."));
        }

        for (int i = 0; i < gap.Trivia.Length; i++)
        {
            bool endsLine = i + 1 < gap.Trivia.Length ? gap.Trivia[i + 1].IsOnOwnLine : gap.LinesAfter > 0;
            Comment(gap.Trivia[i], boundary, i == 0, endsLine);
        }

        return AfterComments(boundary, gap);
    }

    public void ExpectEnd()
    {
        if (_next < _tokens.Length)
        {
            throw new FormatFailureException($"the tokens from {_tokens[_next]} on were left out");
        }
    }

    private Gap PeekGap() => _isSeparated ? Nothing : _skipped?.Join(_gaps[_next]) ?? _gaps[_next];

    private static readonly Gap Nothing = new([], 0);

    private Doc? WithoutComments(Boundary boundary, Gap gap)
    {
        if (!_hasText)
        {
            return null;
        }

        if (boundary.IsLineEnd || (boundary.KeepsLineEnd && gap.LinesAfter > 0))
        {
            return new BreakDoc { IsHard = true, IsBlank = boundary.KeepsBlank && gap.LinesAfter > 1 };
        }

        return boundary switch
        {
            { IsSoft: true } => new BreakDoc { Flat = boundary.Flat },
            { Flat: "" } => null,
            _ => new TextDoc(boundary.Flat),
        };
    }

    private void Comment(Trivia trivia, Boundary boundary, bool isFirst, bool endsLine)
    {
        if (trivia.IsOnOwnLine || !_hasText)
        {
            StartLine(trivia, boundary, isFirst);
            Add(new TextDoc(trivia.Text));
        }
        else if (endsLine || trivia.EndsLine)
        {
            Add(new TrailingDoc(trivia.Text, Math.Clamp(trivia.Spaces, 1, WidestGap), trivia.Line, trivia.Column));
        }
        else
        {
            Add(new TextDoc(" " + trivia.Text));
        }

        _hasText = true;
    }

    private void StartLine(Trivia trivia, Boundary boundary, bool isFirst)
    {
        if (_hasText)
        {
            Add(new BreakDoc
            {
                IsHard = true,
                IsBlank = trivia.LinesBefore > 1 && boundary.KeepsBlankBefore(isFirst),
                Indent = boundary.IndentOf is { } indentOf ? indentOf(trivia) : IndentOfRemark(trivia),
            });
        }
    }

    /// <summary>
    /// A remark documents what begins in its column, be it further down. So one in a body that stands in the column of
    /// the members, or of the class, stays there.
    /// </summary>
    private int? IndentOfRemark(Trivia trivia) =>
        trivia.Kind != TriviaKind.Remark ? null
        : trivia.Column <= ItemColumn ? 0
        : trivia.Column == MemberColumn ? TreeLayout.Step
        : null;

    private static Doc AfterComments(Boundary boundary, Gap gap)
    {
        var last = gap.Trivia[^1];
        bool ends = last.EndsLine || gap.LinesAfter > 0 || boundary.IsLineEnd || (boundary.EndsComments && last.IsOnOwnLine);
        return ends
            ? new BreakDoc { IsHard = true, IsBlank = boundary.KeepsBlankAfter && gap.LinesAfter > 1 }
            : OneSpace;
    }

    private void Expect(IToken token)
    {
        if (_next >= _tokens.Length || _tokens[_next] != token)
        {
            throw new FormatFailureException($"expected {token}, found {Next}");
        }
    }

    private void Advance(SyntaxToken start)
    {
        (PreviousStart, Previous) = (start, _tokens[_next++]);
        (_isSeparated, _hasText) = (false, true);
    }
}
