using Antlr4.Runtime;
using Beamtalk.Compiler.Parsing.Generated;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>
/// The generated lexer, plus what a regular lexer cannot say: a name and the colon that touches it are one keyword, a
/// minus may belong to the number after it, a brace may close an interpolation.
/// </summary>
internal sealed class TokenReader
{
    private readonly string _text;
    private readonly SourceCharStream _stream;
    private readonly GuardedLexer _lexer;
    private int _line = 1;
    private int _lineStart;
    private int _counted;
    private int _previousLine;
    private SyntaxToken? _previous;

    public TokenReader(string text)
    {
        _text = text;
        _stream = new SourceCharStream(text);
        _lexer = new GuardedLexer(_stream) { TokenFactory = new SyntaxTokenFactory(text) };
        _lexer.RemoveErrorListeners();
    }

    /// <summary>The line on which the token read last ends.</summary>
    public int EndLine => _line;

    public SyntaxToken Read()
    {
        var token = (SyntaxToken)_lexer.NextToken();
        _previousLine = _line;
        CountLines(token.Start);
        token.Line = _line;
        token.Column = token.Start - _lineStart + 1;
        Refine(token);
        if (IsText(token.Type))
        {
            CountLines(token.End);
        }

        return _previous = token;
    }

    /// <summary>Goes on reading code on the line of a token that has been read, at an offset after it.</summary>
    public void Restart(SyntaxToken token, int offset)
    {
        _lexer.ResetModes();
        _line = token.Line;
        _lineStart = token.Start - token.Column + 1;
        _counted = offset;
        _stream.Seek(offset);
    }

    /// <summary>Leaves out the text up to an offset; a string whose opening quote was read last is closed.</summary>
    public void SkipTo(int offset)
    {
        if (_previous?.Type == STRING_START)
        {
            _lexer.PopMode();
        }

        CountLines(offset);
        _stream.Seek(offset);
    }

    /// <summary>Leaves out the rest of the file.</summary>
    public void Stop()
    {
        _lexer.ResetModes();
        _stream.Seek(_text.Length);
    }

    private void Refine(SyntaxToken token)
    {
        switch (token.Type)
        {
            case NAME or CLASS_NAME or NIL or TRUE or FALSE or SELF or SUPER when TouchesColon(token.End):
                token.Type = KEYWORD;
                SetEnd(token, token.End + 1);
                break;
            case OPERATOR when _text[token.End - 1] == '-' && char.IsAsciiDigit(At(token.End)):
                RefineMinus(token);
                break;
            case RBRACE when _lexer.CurrentMode == INSIDE_STRING:
                token.Type = INTERPOLATION_CLOSE;
                break;
            case CHARACTER when char.IsHighSurrogate(_text[token.End - 1]) && char.IsLowSurrogate(At(token.End)):
                SetEnd(token, token.End + 1);
                break;
        }
    }

    private void RefineMinus(SyntaxToken token)
    {
        if (token.End - token.Start > 1)
        {
            SetEnd(token, token.End - 1);
            token.Type = token.Characters switch { "=>" => ARROW, "->" => MAPS_TO, "=" => EQUALS, _ => OPERATOR };
        }
        else if (_previous is null || _previousLine != _line || !EndsOperand(_previous.Type))
        {
            var number = (SyntaxToken)_lexer.NextToken();
            token.Type = number.Type;
            SetEnd(token, number.End);
        }
    }

    private void SetEnd(SyntaxToken token, int end)
    {
        token.End = end;
        _stream.Seek(end);
    }

    private bool TouchesColon(int offset) => At(offset) == ':' && At(offset + 1) is not (':' or '=');

    private char At(int offset) => offset < _text.Length ? _text[offset] : '\0';

    private void CountLines(int offset)
    {
        for (int i = _text.IndexOf('\n', _counted, Math.Max(0, offset - _counted)); i >= 0;
            i = _text.IndexOf('\n', i + 1, offset - i - 1))
        {
            _line++;
            _lineStart = i + 1;
        }

        _counted = Math.Max(_counted, offset);
    }

    private static bool IsText(int type) => type is STRING or RAW_STRING or STRING_TEXT or SYMBOL or CHARACTER;

    /// <summary>Whether an operand may end with a token of this type.</summary>
    public static bool EndsOperand(int type) => type
        is NAME or CLASS_NAME or STATE_NAME or NIL or TRUE or FALSE or SELF or SUPER
        or INTEGER or FLOAT or CHARACTER or SYMBOL or STRING or RAW_STRING or STRING_END
        or RPAREN or RBRACK or RBRACE or BANG;

    /// <summary>A closing brace too many must not empty the lexer's stack of modes.</summary>
    private sealed class GuardedLexer(ICharStream input) : BeamtalkLexer(input, TextWriter.Null, TextWriter.Null)
    {
        public override int PopMode() => ModeStack.Count == 0 ? CurrentMode : base.PopMode();

        public void ResetModes()
        {
            ModeStack.Clear();
            CurrentMode = DEFAULT_MODE;
        }
    }
}
