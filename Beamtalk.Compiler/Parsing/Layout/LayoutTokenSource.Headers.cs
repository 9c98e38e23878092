using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>Words and symbols that mean something else in the header of a class or method.</summary>
internal sealed partial class LayoutTokenSource
{
    private enum Header
    {
        None,

        /// <summary>From a class's first word to the end of its line.</summary>
        Class,

        /// <summary>From an extension's first word to its <c>&gt;&gt;</c>.</summary>
        Target,

        /// <summary>From a method's first word to its arrow or brace.</summary>
        Method,
    }

    private Header _header;
    private bool _awaitsSelector;

    private void StartHeader(Header header)
    {
        _header = header;
        _awaitsSelector = header == Header.Method;
    }

    private void RefineInHeader(SyntaxToken token)
    {
        if (_brackets.Count > 1)
        {
            return;
        }

        switch (_header)
        {
            case Header.Class:
                RefineInClassHeader(token);
                break;
            case Header.Target:
                RefineInTarget(token);
                break;
            case Header.Method when _awaitsSelector:
                RefineSelector(token);
                break;
            case Header.Method:
                RefineAfterSelector(token);
                break;
        }
    }

    private void RefineInClassHeader(SyntaxToken token)
    {
        token.Type = token switch
        {
            { Type: NAME, Characters: "abstract" } => ABSTRACT,
            { Type: NAME, Characters: "sealed" } => SEALED,
            { Type: KEYWORD, Characters: "subclass:" } => SUBCLASS,
            _ => token.Type,
        };
    }

    private void RefineInTarget(SyntaxToken token)
    {
        switch (token)
        {
            case { Type: NAME, Characters: "patch" }:
                token.Type = PATCH;
                break;
            case { Type: NAME, Characters: "class" }:
                token.Type = CLASS_SIDE;
                break;
            case { Type: OPERATOR, Characters: ">>" }:
                token.Type = SHIFT;
                StartHeader(Header.Method);
                break;
        }
    }

    private void RefineSelector(SyntaxToken token)
    {
        int modifier = token switch
        {
            { Type: NAME, Characters: "class" } => CLASS_SIDE,
            { Type: NAME, Characters: "updating" } => UPDATING,
            { Type: NAME, Characters: "tool" } => TOOL,
            _ => NAME,
        };
        if (modifier != NAME && IsFollowedBySelector(token))
        {
            token.Type = modifier;
        }
        else if (token.Type != LPAREN)
        {
            token.Type = token.Type == SYMBOL ? SelectorType(token) : token.Type;
            _awaitsSelector = false;
        }
    }

    /// <summary>A modifier's name may also be a method's: then an arrow, a return type or a body comes next.</summary>
    private bool IsFollowedBySelector(SyntaxToken token)
    {
        int next = _scanner.SkipSpaces(token.End);
        return (_scanner.At(next), _scanner.At(next + 1)) switch
        {
            ('=', '>') or ('-', '>') or ('{', _) => false,
            _ => !_scanner.IsLineEnd(next) || token.Characters is "tool",
        };
    }

    /// <summary>The classic spelling writes a header's selector as a symbol.</summary>
    private static int SelectorType(SyntaxToken token) => token.Characters switch
    {
        ['#', '\'', ..] => SYMBOL,
        ['#', .. var name] when name.IndexOf(':') is var colon && colon == name.Length - 1 => KEYWORD,
        ['#', .. var name] when char.IsLetter(name[0]) || name[0] == '_' => name.Contains(':') ? SYMBOL : NAME,
        "#=" => EQUALS,
        "#->" => MAPS_TO,
        _ => OPERATOR,
    };

    private void RefineAfterSelector(SyntaxToken token)
    {
        switch (token.Type)
        {
            case ARROW:
                _header = Header.None;
                break;
            case KEYWORD when IsGuard(token):
                token.Type = WHEN;
                break;
            case LBRACE when _bodyColumn > 0 && !WantsOperand(Previous!.Type):
                token.Type = BODY_OPEN;
                _header = Header.None;
                _bodyColumn = 0;
                break;
        }
    }

    private bool IsGuard(SyntaxToken token) =>
        token.Characters is "when:" && _scanner.At(_scanner.SkipBlank(token.End)) == '[';

    private TextSpan HeaderSpan(SyntaxToken token) =>
        TextSpan.FromBounds(token.Start, Math.Min(_scanner.LineEnd(token.Start), token.Start + 200));
}
