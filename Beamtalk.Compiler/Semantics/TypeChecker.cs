using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// Checks annotations gradually: what has no annotation and is no literal has no type, and is never complained about.
/// Only plain class names are checked; <c>nil</c> is allowed everywhere.
/// </summary>
public sealed class TypeChecker
{
    private readonly ClassTable _classes;
    private readonly DiagnosticBag _diagnostics;
    private readonly TypeInference _inference;

    private TypeChecker(ClassTable classes, DiagnosticBag diagnostics, TypeInference inference)
    {
        _classes = classes;
        _diagnostics = diagnostics;
        _inference = inference;
    }

    public static void Check(BoundClassDeclaration bound, ClassTable classes)
    {
        DiagnosticBag diagnostics = bound.Class.Source.Diagnostics;
        ImmutableDictionary<string, ClassSignature> variables = DeclaredVariables(bound, classes, diagnostics);
        foreach (BoundMember member in bound.Methods)
        {
            Check(member, classes, diagnostics, variables);
            CheckUpdating(member, bound.Class.Signature.Name, diagnostics);
        }

        var checker = new TypeChecker(classes, diagnostics, new TypeInference(classes, variables));
        foreach (BoundInitializer initializer in bound.Initializers)
        {
            checker.CheckInitializer(initializer, variables);
        }
    }

    public static void Check(BoundScript script, ClassTable classes)
    {
        ImmutableDictionary<string, ClassSignature> none = ImmutableDictionary<string, ClassSignature>.Empty;
        DiagnosticBag diagnostics = script.Source.Diagnostics;
        foreach (BoundMember member in script.Methods.Concat(script.Extensions.Select(extension => extension.Member)))
        {
            Check(member, classes, diagnostics, none);
        }

        var checker = new TypeChecker(classes, diagnostics, new TypeInference(classes, none));
        checker.CheckBody(script.Main.Clauses[0].Body, null, "main");
    }

    private static void Check(
        BoundMember member, ClassTable classes, DiagnosticBag diagnostics,
        ImmutableDictionary<string, ClassSignature> variables)
    {
        var inference = new TypeInference(classes, variables);
        var checker = new TypeChecker(classes, diagnostics, inference);
        if (member.Clauses is [var only])
        {
            checker.DeclareParameters(only, member.Method.Clauses[0]);
        }

        ClassSignature? returns = member.Clauses is [{ ReturnType: { } type }] ? checker.Resolve(type) : null;
        foreach (BoundClause clause in member.Method.Clauses)
        {
            checker.CheckBody(clause.Body, returns, member.Method.Selector);
        }
    }

    private static void CheckUpdating(BoundMember member, string className, DiagnosticBag diagnostics)
    {
        for (int i = 0; i < member.Clauses.Length; i++)
        {
            BoundExpr? last = member.Method.Clauses[i].Body.Statements.LastOrDefault();
            if (member.Clauses[i].IsUpdating && TargetOf(last) is BoundState { Kind: StateKind.Field } variable)
            {
                diagnostics.Report(
                    Catalog.UpdatingAnswer, last!.Span, $"the new self.{variable.Name}", member.Method.Selector, className);
            }
        }
    }

    private static BoundExpr? TargetOf(BoundExpr? statement) => statement switch
    {
        BoundReturn { Value: var value } => TargetOf(value),
        BoundAssignment assignment => assignment.Target,
        BoundCompoundAssignment assignment => assignment.Target,
        BoundUpdate update => update.Target,
        BoundCascade cascade => cascade.Target,
        _ => null,
    };

    private static ImmutableDictionary<string, ClassSignature> DeclaredVariables(
        BoundClassDeclaration bound, ClassTable classes, DiagnosticBag diagnostics)
    {
        var checker = new TypeChecker(classes, diagnostics, null!);
        return bound.Initializers
            .Select(initializer => (initializer.Variable.Name.Name,
                Type: initializer.Variable.Type is null ? null : checker.Resolve(initializer.Variable.Type)))
            .Where(pair => pair.Type is not null)
            .DistinctBy(pair => pair.Name)
            .ToImmutableDictionary(pair => pair.Name, pair => pair.Type!);
    }

    private void DeclareParameters(MethodDeclaration syntax, BoundClause clause)
    {
        for (int i = 0; i < syntax.Parameters.Length; i++)
        {
            bool typed = syntax.Parameters[i].Pattern is TypedPattern && clause.Patterns[i] is BoundBinding;
            if (typed && Resolve(((TypedPattern)syntax.Parameters[i].Pattern).Type) is { } type)
            {
                _inference.Declare(((BoundBinding)clause.Patterns[i]).Variable, type);
            }
        }
    }

    private ClassSignature? Resolve(TypeSyntax type)
    {
        if (type is not NamedType named || IsTypeParameter(named))
        {
            return null;
        }

        ClassSignature? signature = _classes.Find(named.Name);
        if (signature is null)
        {
            string? hint = _classes.Suggest(named.Name.Name) is { } near ? $"did you mean {near}?" : null;
            _diagnostics.ReportWithHint(Catalog.UnknownType, named.Span, hint, named.Name);
        }

        return signature;
    }

    /// <summary>By convention a single letter, as in <c>List(T)</c>; <c>Any</c> and <c>Self</c> say nothing either.</summary>
    private static bool IsTypeParameter(NamedType type) => type.Name.Name is { Length: 1 } or "Any" or "Self";

    private void CheckInitializer(BoundInitializer initializer, ImmutableDictionary<string, ClassSignature> variables)
    {
        if (initializer.Value is null)
        {
            return;
        }

        var value = (BoundReturn)initializer.Value.Clauses[0].Body.Statements[0];
        CheckExpressions(value.Value);
        string name = initializer.Variable.Name.Name;
        if (variables.TryGetValue(name, out ClassSignature? type) && Mismatch(value.Value, type) is { } actual)
        {
            _diagnostics.Report(Catalog.WrongAssignment, value.Value.Span, name, type.Name, actual.Name);
        }
    }

    private void CheckBody(BoundBody body, ClassSignature? returns, string selector)
    {
        foreach (BoundExpr statement in body.Statements)
        {
            CheckExpressions(statement, returns, selector);
        }

        if (returns is not null && body.Statements is [.., not BoundReturn and var last])
        {
            CheckReturn(last, returns, selector);
        }
    }

    private void CheckReturn(BoundExpr value, ClassSignature returns, string selector)
    {
        if (Mismatch(value, returns) is { } actual)
        {
            _diagnostics.Report(Catalog.WrongReturn, value.Span, selector, returns.Name, actual.Name);
        }
    }

    private void CheckExpressions(BoundExpr root, ClassSignature? returns = null, string selector = "") =>
        BoundWalker.Walk(root, node =>
        {
            switch (node)
            {
                case BoundReturn result when returns is not null:
                    CheckReturn(result.Value, returns, selector);
                    break;
                case BoundSend send:
                    CheckSend(send);
                    break;
                case BoundOperator op:
                    CheckOperator(op);
                    break;
                case BoundAssignment { Target: BoundState target } assignment:
                    CheckAssignment(target, assignment.Value);
                    break;
                case BoundBlock block:
                    CheckBody(block.Code.Body!, null, selector);
                    break;
            }
        });

    private void CheckAssignment(BoundState target, BoundExpr value)
    {
        if (_inference.DeclaredType(target) is { } type && Mismatch(value, type) is { } actual)
        {
            _diagnostics.Report(Catalog.WrongAssignment, value.Span, $"self.{target.Name}", type.Name, actual.Name);
        }
    }

    private void CheckSend(BoundSend send)
    {
        if (send is { Selector: "await" or "await:" or "awaitForever", Receiver: BoundSpawn spawn })
        {
            CheckAwaited(spawn);
        }

        TypedReceiver? known = _inference.ReceiverOf(send.Receiver) ?? TypeInference.SpawnedReceiver(send.Receiver);
        if (known is not { } receiver)
        {
            return;
        }

        if (_inference.Method(receiver, send.Selector) is { } method)
        {
            CheckArguments(send, method);
        }
        else if (!_inference.Understands(receiver, send.Selector))
        {
            ReportNotUnderstood(send.SelectorSpan, receiver, send.Selector);
        }
    }

    /// <summary>The actor is there already: whoever waits takes the keywords for a message.</summary>
    private void CheckAwaited(BoundSpawn spawn)
    {
        if (spawn.Receiver is BoundClass { Class: { Kind: ClassKind.Actor } signature }
            && spawn.Keywords.Any(keyword => _classes.DeclarerOf(signature, keyword) is null))
        {
            string selector = string.Concat(spawn.Keywords.Select(keyword => $"{keyword}:"));
            _diagnostics.Report(Catalog.AwaitedActor, spawn.Span, signature.Name, selector);
        }
    }

    private void CheckOperator(BoundOperator op)
    {
        if (op.Operator is "=" or "==" or "/=" or "~=" or "=:=" or "=/=" or "->")
        {
            return;
        }

        if (_inference.ReceiverOf(op.Left) is { } receiver && !_inference.Understands(receiver, op.Operator))
        {
            ReportNotUnderstood(op.Span, receiver, op.Operator);
        }
    }

    private void ReportNotUnderstood(TextSpan span, TypedReceiver receiver, string selector)
    {
        string? near = Spelling.Nearest(selector, _inference.Selectors(receiver));
        string? hint = selector == ","
            ? "asString makes a text that can be joined; a List is written #(1, 2, 3)"
            : near is null ? null : $"did you mean #{near}?";
        _diagnostics.ReportWithHint(Catalog.NotUnderstood, span, hint, receiver, selector);
    }

    private void CheckArguments(BoundSend send, MethodSignature method)
    {
        for (int i = 0; i < send.Arguments.Length; i++)
        {
            string? name = method.ParameterTypes[i];
            if (name is not null && _classes.Find(name) is { } type && Mismatch(send.Arguments[i], type) is { } actual)
            {
                _diagnostics.Report(
                    Catalog.WrongArgument, send.Arguments[i].Span, i + 1, send.Selector, type.Name, actual.Name);
            }
        }
    }

    /// <summary>The value's type, if it is known and none that is declared allows.</summary>
    private ClassSignature? Mismatch(BoundExpr value, ClassSignature expected)
    {
        ClassSignature? actual = _inference.TypeOf(value);
        return actual is null || actual.Name == "UndefinedObject" || _classes.IsSubclassOf(actual, expected.Facade)
            ? null
            : actual;
    }
}
