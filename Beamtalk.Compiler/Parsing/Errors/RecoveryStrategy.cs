using Antlr4.Runtime;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Errors;

/// <summary>
/// What happens where a sentence cannot be read: it is reported once, then reading goes on with the next statement,
/// arm, variable or member. Until the rule of that is reached the tokens read as poisoned, so that every rule in between
/// ends. (Passing the exception on would nest one handler in another for each level, which overflows the stack.)
/// </summary>
internal sealed class RecoveryStrategy(SyntaxErrorReporter reporter, TokenList tokens) : DefaultErrorStrategy
{
    private static readonly bool[] StartsStatement = FirstTokens(RULE_statement);
    private static readonly bool[] StartsArm = FirstTokens(RULE_arm);

    /// <summary>The states of the rules that <see cref="Sync"/> looks at; it is called too often to ask more.</summary>
    private static readonly bool[] IsSynced =
        [.. Generated.BeamtalkParser._ATN.states.Select(state => state.ruleIndex is RULE_body or RULE_arms)];

    public override IToken RecoverInline(Antlr4.Runtime.Parser recognizer) => throw new InputMismatchException(recognizer);

    public override void ReportError(Antlr4.Runtime.Parser recognizer, RecognitionException e)
    {
        if (!tokens.IsPoisoned)
        {
            reporter.Report(recognizer, (SyntaxToken)e.OffendingToken);
        }
    }

    public override void Recover(Antlr4.Runtime.Parser recognizer, RecognitionException e)
    {
        int depth = ((SyntaxToken)recognizer.Context.Start).Depth;
        tokens.IsPoisoned = false;
        switch (recognizer.Context)
        {
            case UnitContext:
                SkipTo(token => token.Type == TokenConstants.EOF);
                break;
            case ClassHeaderContext:
                SkipTo(EndsItem);
                break;
            case ItemContext or MemberContext:
                SkipTo(EndsItem);
                tokens.Consume();
                break;
            case StatementContext:
                SkipTo(token => EndsStatement(token, depth));
                break;
            case ArmContext:
                SkipTo(token => EndsArm(token, depth));
                break;
            case VariableContext:
                SkipTo(token => EndsStatement(token, depth) || (token.Type == COMMA && token.Depth <= depth));
                SkipTo(token => token.Type is not (COMMA or SEPARATOR));
                SkipTo(token => token.Type is not END_MARK);
                break;
            default:
                tokens.IsPoisoned = true;
                break;
        }
    }

    /// <summary>Called before each optional part and repetition: finds out that a statement or arm does not end.</summary>
    public override void Sync(Antlr4.Runtime.Parser recognizer)
    {
        if (tokens.IsPoisoned)
        {
            throw new InputMismatchException(recognizer);
        }

        if (!IsSynced[recognizer.State])
        {
            return;
        }

        switch (recognizer.Context)
        {
            case BodyContext body:
                SyncBody(recognizer, body);
                break;
            case ArmsContext arms:
                SyncArms(recognizer, arms);
                break;
        }
    }

    private void SyncBody(Antlr4.Runtime.Parser recognizer, BodyContext body)
    {
        int next = recognizer.InputStream.LA(1);
        if (next is SEPARATOR or RBRACK or RBRACE or END_MARK or TokenConstants.EOF or BAR)
        {
            return;
        }

        var last = body.ChildCount == 0 ? null : body.GetChild(body.ChildCount - 1);
        if (last is StatementContext || !StartsStatement[next])
        {
            var token = (SyntaxToken)recognizer.CurrentToken;
            int depth = last is StatementContext statement ? ((SyntaxToken)statement.Start).Depth : token.Depth;
            reporter.Report(recognizer, token);
            SkipTo(skipped => EndsStatement(skipped, depth));
        }
    }

    private void SyncArms(Antlr4.Runtime.Parser recognizer, ArmsContext arms)
    {
        int next = recognizer.InputStream.LA(1);
        if (next is SEPARATOR or RBRACK or SEMICOLON or ARMS_OPEN or END_MARK or TokenConstants.EOF)
        {
            return;
        }

        var last = arms.GetChild(arms.ChildCount - 1);
        if (last is ArmContext || !StartsArm[next])
        {
            int depth = ((SyntaxToken)arms.Start).Depth + 1;
            reporter.Report(recognizer, (SyntaxToken)recognizer.CurrentToken);
            SkipTo(skipped => EndsArm(skipped, depth));
        }
    }

    private void SkipTo(Predicate<SyntaxToken> isEnd)
    {
        while (tokens.Current is var token && token.Type != TokenConstants.EOF && !isEnd(token))
        {
            tokens.Consume();
        }
    }

    private static bool EndsItem(SyntaxToken token) => token.Type == END_MARK;

    private static bool EndsStatement(SyntaxToken token, int depth) => token.Type switch
    {
        END_MARK => true,
        SEPARATOR => token.Depth <= depth,
        RPAREN or RBRACK or RBRACE or INTERPOLATION_CLOSE => token.Depth < depth,
        _ => false,
    };

    private static bool EndsArm(SyntaxToken token, int depth) =>
        EndsStatement(token, depth) || (token.Type == SEMICOLON && token.Depth <= depth);

    private static bool[] FirstTokens(int rule)
    {
        var first = new bool[Generated.BeamtalkParser._ATN.maxTokenType + 1];
        foreach (int type in Generated.BeamtalkParser._ATN.NextTokens(Generated.BeamtalkParser._ATN.ruleToStartState[rule]).ToList())
        {
            if (type > 0)
            {
                first[type] = true;
            }
        }

        return first;
    }
}
