using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing.Layout;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing;

/// <summary>What a word is to somebody who reads the source.</summary>
public enum WordClass
{
    Plain,
    Comment,
    Text,
    Number,
    Symbol,
    ClassName,
    Variable,
    Selector,
    PseudoVariable,
    Modifier,
    Operator,
    Bracket,
}

/// <summary>A word of the source.</summary>
public readonly record struct Word(TextSpan Span, WordClass Class);

/// <summary>Tells the words of a source apart, also of one that is only half written.</summary>
public static class SourceHighlighter
{
    /// <summary>The words in order; what stands between them is white space.</summary>
    public static ImmutableArray<Word> Classify(string text)
    {
        var words = ImmutableArray.CreateBuilder<Word>();
        var source = new SourceText("", text);
        int end = 0;
        SyntaxToken? previous = null;
        foreach (SyntaxToken token in LayoutTokenSource.Read(source, new DiagnosticBag(source)))
        {
            if (token.IsInserted || token.Start < end || token.Start >= text.Length)
            {
                continue;
            }

            AddComments(words, text, end, token.Start);
            words.Add(new Word(token.Span, ClassOf(token, previous)));
            end = token.End;
            previous = token;
        }

        AddComments(words, text, end, text.Length);
        return words.ToImmutable();
    }

    /// <summary>The lexer skips white space and comments, and nothing else.</summary>
    private static void AddComments(ImmutableArray<Word>.Builder words, string text, int start, int end)
    {
        ReadOnlySpan<char> gap = text.AsSpan(start, end - start);
        int leading = gap.Length - gap.TrimStart().Length;
        int length = gap.Trim().Length;
        if (length > 0)
        {
            words.Add(new Word(TextSpan.FromBounds(start + leading, start + leading + length), WordClass.Comment));
        }
    }

    private static WordClass ClassOf(SyntaxToken token, SyntaxToken? previous) => token.Type switch
    {
        DOC_COMMENT => WordClass.Comment,
        NIL or TRUE or FALSE or SELF or SUPER => WordClass.PseudoVariable,
        CLASS_NAME => WordClass.ClassName,
        KEYWORD => WordClass.Selector,
        NAME => IsOperand(previous) ? WordClass.Selector : WordClass.Variable,
        STATE_NAME or VARIABLE_TARGET or STATE_TARGET => WordClass.Variable,
        INTEGER or FLOAT => WordClass.Number,
        SYMBOL or CHARACTER => WordClass.Symbol,
        STRING or STRING_START or STRING_TEXT or STRING_END or STRING_UNKNOWN or RAW_STRING or OPEN_QUOTE => WordClass.Text,
        ABSTRACT or SEALED or SUBCLASS or PATCH or CLASS_SIDE or UPDATING or TOOL or WHEN => WordClass.Modifier,
        HASH_PAREN or HASH_BRACK or HASH_BRACE or LPAREN or RPAREN or LBRACK or RBRACK or LBRACE or RBRACE
            or ARMS_OPEN or BODY_OPEN or INTERPOLATION_OPEN or INTERPOLATION_CLOSE => WordClass.Bracket,
        OPERATOR or EQUALS or ASSIGN or COMPOUND_ASSIGN or ARROW or MAPS_TO or CARET or BAR or TYPED or COLON
            or SEMICOLON or BANG or ELLIPSIS => WordClass.Operator,
        _ => WordClass.Plain,
    };

    /// <summary>A name after what a message can be sent to is the message.</summary>
    private static bool IsOperand(SyntaxToken? previous) => previous?.Type
        is NAME or CLASS_NAME or STATE_NAME or INTEGER or FLOAT or SYMBOL or CHARACTER or STRING or STRING_END
        or RAW_STRING or RPAREN or RBRACK or RBRACE or NIL or TRUE or FALSE or SELF or SUPER or SEMICOLON;
}
