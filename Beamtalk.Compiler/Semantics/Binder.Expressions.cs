using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

public sealed partial class Binder
{
    private ImmutableArray<BoundExpr> BindAll(ImmutableArray<Expression> expressions) =>
        [.. expressions.Select(expression => Bind(expression))];

    /// <summary>
    /// Binds an expression. On the <paramref name="spine"/> — a statement, the value of a return, the right side of
    /// an assignment that is a statement — a return inside inlined blocks can simply leave the method.
    /// </summary>
    private BoundExpr Bind(Expression expression, bool spine = false)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        return expression switch
        {
            IntegerLiteral literal => new BoundInteger(literal.Span, literal.Value),
            FloatLiteral literal => new BoundFloat(literal.Span, literal.Value),
            StringLiteral literal => new BoundString(literal.Span, literal.Value),
            CharacterLiteral literal => new BoundCharacter(literal.Span, literal.CodePoint),
            SymbolLiteral literal => new BoundAtom(literal.Span, literal.Value),
            NilLiteral or ErrorExpression => new BoundAtom(expression.Span, "nil"),
            BooleanLiteral literal => new BoundAtom(literal.Span, literal.Value ? "true" : "false"),
            InterpolatedString interpolated => new BoundInterpolation(interpolated.Span, BindAll(interpolated.Parts)),
            ListExpression list => new BoundCollection(list.Span, CollectionKind.List, BindAll(list.Elements)),
            ArrayExpression array => new BoundCollection(array.Span, CollectionKind.Array, BindAll(array.Elements)),
            TupleExpression tuple => new BoundCollection(tuple.Span, CollectionKind.Tuple, BindAll(tuple.Elements)),
            DictionaryExpression dictionary => new BoundDictionary(
                dictionary.Span, [.. dictionary.Entries.Select(entry => (Bind(entry.Key), Bind(entry.Value)))]),
            ParenthesizedExpression parenthesized => Bind(parenthesized.Inner, spine),
            NameExpression name => BindName(name),
            SelfExpression self => BindSelf(self.Span),
            SuperExpression super => BindLoneSuper(super),
            ClassReference reference => BindClass(reference),
            StateExpression state => BindState(state),
            BlockExpression block => BindRealBlock(block),
            SendExpression send => BindSend(send, spine),
            CascadeExpression cascade => BindCascade(cascade, false),
            CastExpression cast => BindCast(cast),
            AssignmentExpression assignment => BindAssignment(assignment, spine),
            DestructuringExpression destructuring => BindDestructuring(destructuring, spine),
            MatchExpression match => new BoundMatch(match.Span, Bind(match.Subject), BindArms(match, spine)),
            ReceiveExpression receive => BindReceive(receive, spine),
            _ => throw new InvalidOperationException($"unknown expression {expression.GetType().Name}"),
        };
    }

    private BoundVariable BindSelf(TextSpan span)
    {
        Use(_self);
        return new BoundVariable(span, _self);
    }

    private BoundExpr BindLoneSuper(SuperExpression super)
    {
        Diagnostics.Report(Catalog.SuperOutside, super.Span);
        return BindSelf(super.Span);
    }

    private BoundExpr BindName(NameExpression name)
    {
        if (_scope.Lookup(name.Name) is not { } variable)
        {
            return new BoundAtom(name.Span, "nil");
        }

        Use(variable);
        return new BoundVariable(name.Span, variable);
    }

    private BoundExpr BindClass(ClassReference reference)
    {
        if (Classes.Find(reference.Name) is { } signature)
        {
            return new BoundClass(reference.Span, signature);
        }

        Diagnostics.ReportWithHint(Catalog.UnknownClass, reference.Span,
            Classes.Suggest(reference.Name.Name) is { } near ? $"did you mean {near}?" : null, reference.Name);
        return new BoundUnknownClass(reference.Span, reference.Name.ToString());
    }

    private BoundExpr BindState(StateExpression state)
    {
        string name = state.Name.Name;
        ClassSignature owner = _context.Class;
        Use(_self);
        if (!_context.IsClassSide && Classes.DeclarerOf(owner, name) is { } declarer)
        {
            StateKind kind = owner.Kind == ClassKind.Actor ? StateKind.Actor : StateKind.Field;
            return new BoundState(state.Span, name, kind, declarer.Facade, _self);
        }

        if (Classes.DeclarerOfClassVariable(owner, name) is { } classDeclarer)
        {
            return new BoundState(state.Span, name, StateKind.ClassVariable, classDeclarer.Facade, _self);
        }

        ReportUnknownState(state, name, owner);
        return new BoundAtom(state.Span, "nil");
    }

    private void ReportUnknownState(StateExpression state, string name, ClassSignature owner)
    {
        if (owner.Kind == ClassKind.Script)
        {
            Diagnostics.ReportWithHint(Catalog.SelfStateInScript, state.Span, $"use a variable, {name} := …", name);
            return;
        }

        string? hint = Spelling.Hint(name, Classes.AllVariables(owner));
        bool onOtherSide = _context.IsClassSide && Classes.DeclarerOf(owner, name) is not null;
        hint ??= onOtherSide
            ? $"{name} belongs to the instances; a class-side method sees classState: variables only"
            : $"declare it: {(owner.Kind == ClassKind.Actor ? "state" : "field")}: {name}; a message is written self {name}";
        Diagnostics.ReportWithHint(Catalog.UndefinedStateVariable, state.Name.Span, hint, owner.Name, name);
    }

    private BoundExpr BindAssignment(AssignmentExpression assignment, bool spine)
    {
        BoundExpr value = Bind(assignment.Value, spine && assignment.Operator is null);
        BoundExpr target = BindTarget(assignment.Target);
        return assignment.Operator is null
            ? new BoundAssignment(assignment.Span, target, value)
            : new BoundCompoundAssignment(assignment.Span, target, assignment.Operator, value);
    }

    private BoundExpr BindTarget(Expression target)
    {
        BoundExpr bound = Bind(target);
        switch (bound)
        {
            case BoundVariable { Variable: var variable }:
                NoteAssignment(variable);
                break;
            case BoundState { Kind: StateKind.Field } field:
                NoteAssignment(field.Self);
                break;
        }

        return bound;
    }

    private BoundExpr BindDestructuring(DestructuringExpression destructuring, bool spine)
    {
        BoundExpr value = Bind(destructuring.Value, spine);
        BoundPattern pattern = BindPattern(destructuring.Pattern);
        foreach ((string name, _) in PatternNames.Of(destructuring.Pattern))
        {
            NoteAssignment(_scope.Lookup(name)!);
        }

        return new BoundDestructuring(destructuring.Span, pattern, value);
    }

    private ImmutableArray<BoundArm> BindArms(MatchExpression match, bool spine)
    {
        ImmutableArray<BoundArm> arms = [.. match.Arms.Select(arm => BindArm(arm, spine))];
        CheckCases(match);
        return arms;
    }

    private BoundArm BindArm(MatchArm arm, bool spine)
    {
        (Scope outerScope, object outerHome) = (_scope, _home);
        _home = new object();
        Enter(_scopes.All[arm]);
        BoundPattern pattern = BindPattern(arm.Pattern);
        BoundExpr? guard = arm.Guard is null ? null : Bind(arm.Guard);
        BoundBody body = arm.Body is BlockExpression { Parameters.IsEmpty: true } block
            ? BindInlined(block, spine)
            : new BoundBody(arm.Body.Span, [], [BindEffect(ArmStatement(arm.Body), spine)]);
        (_scope, _home) = (outerScope, outerHome);
        return new BoundArm(arm.Span, pattern, guard, body);
    }

    /// <summary>The only statement of an arm's body, where a cascade has to stand in parentheses.</summary>
    private static Expression ArmStatement(Expression body) =>
        body is ParenthesizedExpression { Inner: CascadeExpression cascade } ? cascade : body;

    /// <summary>A match on booleans or Results only, without a last resort, should name both cases.</summary>
    private void CheckCases(MatchExpression match)
    {
        HashSet<string> cases = [];
        foreach (MatchArm arm in match.Arms)
        {
            if (arm.Guard is not null || CaseOf(arm.Pattern) is not { } name)
            {
                return;
            }

            cases.Add(name);
        }

        if (cases.Count == 1)
        {
            Diagnostics.Report(Catalog.MissingCases, match.Span, OtherCase(cases.Single()));
        }
    }

    private static string? CaseOf(Pattern pattern) => pattern switch
    {
        LiteralPattern { Literal: BooleanLiteral literal } => literal.Value ? "true" : "false",
        ConstructorPattern { Class.Name: "Result", Fields: [{ Pattern: NamePattern or WildcardPattern } side] } =>
            $"Result {side.Field.Name}:",
        _ => null,
    };

    private static string OtherCase(string name) => name switch
    {
        "true" => "false",
        "false" => "true",
        "Result ok:" => "Result error:",
        _ => "Result ok:",
    };
}
