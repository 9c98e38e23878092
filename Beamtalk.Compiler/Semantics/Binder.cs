using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// Where code stands: the class whose receiver it has (null in a script whose class has no variables), the side,
/// and whether it is linked into a class that was compiled before.
/// </summary>
public sealed record BindingContext(
    ClassTable Classes,
    DiagnosticBag Diagnostics,
    ClassSignature Class,
    bool IsClassSide,
    bool IsExtension,
    bool Inline);

/// <summary>
/// Resolves the names of one method (or script), recognises inlined control flow, updating statements, spawn forms
/// and Erlang calls, and notes what each variable's uses demand. One binder binds one method.
/// </summary>
public sealed partial class Binder
{
    private readonly BindingContext _context;
    private readonly ScopeBuilder _scopes;
    private readonly Variable _self = new("self", VariableRole.Self);
    private readonly Variable _returnTag = new("return", VariableRole.ReturnTag);
    private BoundCode _code;
    private Scope _scope = null!;
    private object _home;
    private int _position;
    private bool _needsReturnTag;

    private Binder(BindingContext context, string name, TextSpan span)
    {
        _context = context;
        _scopes = new ScopeBuilder(context.Diagnostics);
        _code = new BoundCode { Name = name, Span = span };
        _home = _code;
        foreach (Variable variable in new[] { _self, _returnTag })
        {
            variable.Owner = _code;
            variable.Home = _home;
        }
    }

    private DiagnosticBag Diagnostics => _context.Diagnostics;

    private ClassTable Classes => _context.Classes;

    /// <summary>Binds the clauses of one method.</summary>
    public static BoundMethod Method(BindingContext context, ImmutableArray<MethodDeclaration> clauses)
    {
        MethodDeclaration first = clauses[0];
        var binder = new Binder(context, first.Selector, first.Span);
        ImmutableArray<BoundClause> bound = [.. clauses.Select(clause => binder.Clause(clause, clauses.Length > 1))];
        return binder.Finish(first.Selector, first.IsClassSide, bound, first.Span);
    }

    /// <summary>Binds <c>name: expression</c> as the class-side method it is short for.</summary>
    public static BoundMethod Declaration(BindingContext context, DeclarationMember member)
    {
        var body = new Body(member.Value.Span, [], [new ReturnStatement(member.Value.Span, member.Value)]);
        return Method(context, [Synthetic(member.Name.Name, member.Span, body)]);
    }

    /// <summary>Binds an initial value as a method without parameters.</summary>
    public static BoundMethod Initializer(BindingContext context, string name, Expression value, bool isClassSide)
    {
        var body = new Body(value.Span, [], [new ReturnStatement(value.Span, value)]);
        return Method(context, [Synthetic(name, value.Span, body) with { IsClassSide = isClassSide }]);
    }

    /// <summary>
    /// Binds the statements of a script, with a <see cref="BoundInstall"/> where an extension or patch stands.
    /// </summary>
    public static BoundMethod Script(BindingContext context, CompilationUnit unit) =>
        new Binder(context, "main", unit.Span).BindScript(unit, [], VariableRole.Local);

    /// <summary>As <see cref="Script"/>; the variables at the top become the session's.</summary>
    public static (BoundMethod Method, ImmutableArray<Variable> Variables) Session(
        BindingContext context, CompilationUnit unit, IReadOnlyCollection<string> session)
    {
        var binder = new Binder(context, "eval", unit.Span);
        BoundMethod method = binder.BindScript(unit, session, VariableRole.Session);
        return (method, [.. binder._scopes.All[unit].Names.Values]);
    }

    private static MethodDeclaration Synthetic(string name, TextSpan span, Body body) =>
        new(span, null, true, false, null, name, span, [], null, null, body, "");

    private BoundMethod Finish(string selector, bool isClassSide, ImmutableArray<BoundClause> clauses, TextSpan span)
    {
        _code.NeedsReturnTag = _needsReturnTag;
        return new BoundMethod(selector, isClassSide, _code, _self, _returnTag, clauses, span);
    }

    private BoundClause Clause(MethodDeclaration method, bool several)
    {
        Scope root = _scopes.Method(method);
        Scopes.Resolve(root, Diagnostics, VariableRole.Local, Classes.AllVariables(_context.Class));
        Enter(root);
        ImmutableArray<BoundPattern> patterns =
            [.. method.Parameters.Select(parameter => ParameterPattern(parameter.Pattern, several))];
        BoundExpr? guard = method.Guard is null ? null : Bind(method.Guard);
        return new BoundClause(method.Span, patterns, guard, BindBody(method.Body, root, true));
    }

    /// <summary>In a method of one clause <c>n :: Integer</c> is an annotation, in one of several a pattern.</summary>
    private BoundPattern ParameterPattern(Pattern pattern, bool several) => pattern switch
    {
        TypedPattern { Name: "_" } typed when !several => new BoundWildcard(typed.Span),
        TypedPattern typed when !several => new BoundBinding(typed.Span, _scope.Lookup(typed.Name)!),
        _ => BindPattern(pattern),
    };

    private BoundMethod BindScript(CompilationUnit unit, IReadOnlyCollection<string> session, VariableRole role)
    {
        Scope root = _scopes.Script(unit, unit.Items, session);
        Scopes.Resolve(root, Diagnostics, role, []);
        Enter(root);
        int extensions = 0;
        var statements = ImmutableArray.CreateBuilder<BoundExpr>();
        foreach (TopLevelItem item in unit.Items)
        {
            switch (item)
            {
                case TopLevelStatement statement:
                    statements.Add(BindStatement(statement.Statement, true));
                    break;
                case ExtensionDeclaration extension:
                    statements.Add(new BoundInstall(extension.Span, extensions++));
                    break;
            }
        }

        var body = new BoundBody(unit.Span, [.. root.Names.Values], statements.ToImmutable());
        return Finish(_code.Name, false, [new BoundClause(unit.Span, [], null, body)], unit.Span);
    }

    private BoundBody BindBody(Body body, Scope scope, bool spine) => new(
        body.Span,
        [.. scope.Names.Values.Where(variable => variable.Role == VariableRole.Local)],
        [.. body.Statements.Select(statement => BindStatement(statement, spine))]);

    private BoundExpr BindStatement(Statement statement, bool spine) => statement switch
    {
        ReturnStatement result => BindReturn(result, spine),
        ExpressionStatement expression => BindEffect(expression.Expression, spine),
        _ => throw new InvalidOperationException($"unknown statement {statement.GetType().Name}"),
    };

    private BoundReturn BindReturn(ReturnStatement statement, bool spine)
    {
        BoundExpr value = Bind(statement.Value, spine);
        var result = new BoundReturn(statement.Span, value) { IsThrown = !spine || _code.Parent is not null };
        if (result.IsThrown)
        {
            _needsReturnTag = true;
            Use(_returnTag);
        }

        return result;
    }

    /// <summary>A variable is used here: every block between here and its owner captures it.</summary>
    private void Use(Variable variable)
    {
        if (ReferenceEquals(_code, variable.Owner))
        {
            return;
        }

        variable.NoteCapture(_position++);
        for (BoundCode? code = _code; code is not null && !ReferenceEquals(code, variable.Owner); code = code.Parent)
        {
            if (!code.Captured.Contains(variable))
            {
                code.Captured.Add(variable);
            }
        }
    }

    private void NoteAssignment(Variable variable)
    {
        Use(variable);
        variable.NoteAssignment(_home, _position++);
    }

    /// <summary>Makes a scope current and gives its names the code and the body that they are fresh in.</summary>
    private void Enter(Scope scope)
    {
        _scope = scope;
        foreach (Variable variable in scope.Names.Values)
        {
            variable.Owner = _code;
            variable.Home = _home;
        }
    }
}
