using Antlr4.Runtime;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing.Layout;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Errors;

/// <summary>Says what was expected in the words of the language, and what a newcomer may have meant.</summary>
internal sealed class SyntaxErrorReporter(DiagnosticBag diagnostics, List<SyntaxToken> tokens)
{
    /// <summary>A file with more errors is not a program; the rest is not read.</summary>
    private const int MaximumErrors = 100;

    private const int MaximumShown = 30;

    private int _errors;

    public void Report(Antlr4.Runtime.Parser parser, SyntaxToken token)
    {
        if (IsInDamagedItem(token) || ++_errors > MaximumErrors)
        {
            return;
        }

        if (_errors == MaximumErrors)
        {
            diagnostics.Report(Catalog.TooManyErrors, SpanOf(token));
            parser.InputStream.Seek(tokens.Count - 1);
            return;
        }

        var previous = tokens[Math.Max(0, token.TokenIndex - 1)];
        if (token.Type is ASSIGN or COMPOUND_ASSIGN)
        {
            diagnostics.Report(Catalog.NotAssignable, token.Span);
        }
        else if (parser.Context is MemberContext or MethodContext or SelectorContext && IsFirstInMember(token, previous))
        {
            diagnostics.Report(Catalog.MemberExpected, SpanOf(token), Describe(token));
        }
        else
        {
            diagnostics.ReportWithHint(
                Catalog.Expected, SpanOf(token), Hint(parser.Context, token, previous), Expectation(parser.Context, token),
                Describe(token));
        }
    }

    private static bool IsFirstInMember(SyntaxToken token, SyntaxToken previous) =>
        previous.Type == METHOD_MARK && token.Type != END_MARK;

    private static string Expectation(RuleContext context, SyntaxToken token) => context switch
    {
        BinaryContext or OperandContext or WordContext or CompoundContext when !TokenReader.EndsOperand(token.Type) =>
            "an expression",
        CascadeContext => "a message",
        SelectorContext => "the name of a method",
        MethodContext or SignatureContext => "=> and the method's body",
        PatternContext or AtomContext or ParameterPatternContext or PatternElementContext => "a pattern",
        ArmContext => "->",
        TypeContext or SimpleTypeContext or TypeArgumentsContext => "a type",
        EntryContext => "=>",
        VariableContext or MemberContext => "a variable or the next member",
        ClassHeaderContext or ClassNameContext or SuperclassContext => "the name of a class",
        ExtensionContext => "the name of a class, >> and a method",
        BlockContext or BlockParameterContext => "a parameter and |",
        TemporariesContext => "a variable or |",
        ElementsContext or EntriesContext => "a comma",
        _ => "the end of the statement",
    };

    private static string? Hint(RuleContext context, SyntaxToken token, SyntaxToken previous) => token.Type switch
    {
        LPAREN when TokenReader.EndsOperand(previous.Type) => "arguments follow a keyword: receiver name: argument",
        STRING or STRING_START when TokenReader.EndsOperand(previous.Type) =>
            "a remark stands at the end of a statement or on a line of its own; /* … */ stands anywhere",
        LBRACE when context is MethodContext or SignatureContext => "the body of a method follows =>; braces are for patches",
        EQUALS when previous.Type == BANG && previous.End == token.Start => "different from is ~= or /=",
        BAR when context is BlockContext => "parameters are written with colons: [:x | …]",
        BAR => "or is a message: a or: [b]",
        KEYWORD when token.Text is "state:" or "field:" or "classState:" =>
            "the members of a class are indented under its header",
        COLON when previous.Type == NAME => "a keyword and its colon touch: name: argument",
        _ when InLiteral(context, token) => "elements are separated by commas",
        _ when context is StringPartContext => "a brace in a string begins an expression; write \\{ for the brace itself",
        _ => null,
    };

    private static bool InLiteral(RuleContext context, SyntaxToken token) =>
        context is CompoundContext { ChildCount: > 1 } operand && operand.Start.Type is HASH_PAREN or HASH_BRACK or LBRACE
        && (token.Type == SEPARATOR || TokenReader.EndsOperand(token.Type));

    private static string Describe(SyntaxToken token) => token.Type switch
    {
        TokenConstants.EOF => "the end of the file",
        END_MARK => "its end",
        SEPARATOR when token.IsInserted => "a new line",
        _ when token.IsInserted => "a closing bracket",
        _ when token.Text.Length > MaximumShown => token.Text[..MaximumShown].ReplaceLineEndings(" ") + "…",
        _ => token.Text.ReplaceLineEndings(" "),
    };

    /// <summary>What has no characters is shown at the character before it.</summary>
    private static TextSpan SpanOf(SyntaxToken token) =>
        token.IsInserted || token.Type == TokenConstants.EOF ? TextSpan.FromBounds(Math.Max(0, token.Start - 1), token.Start) : token.Span;

    private bool IsInDamagedItem(SyntaxToken token)
    {
        int index = token.TokenIndex;
        while (index > 0 && tokens[index].Type is not (>= CLASS_MARK and < END_MARK))
        {
            index--;
        }

        return tokens[index].IsDamaged;
    }
}
