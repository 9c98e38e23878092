using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// Reads a method once, in textual order, and makes the tree of its scopes: declared names at once, undeclared ones
/// as mentions.
/// </summary>
public sealed class ScopeBuilder(DiagnosticBag diagnostics)
{
    private readonly Dictionary<SyntaxNode, Scope> _scopes = new(ReferenceEqualityComparer.Instance);
    private Scope _scope = new(null, false);

    /// <summary>Scopes by the block, arm or method clause that opens them.</summary>
    public IReadOnlyDictionary<SyntaxNode, Scope> All => _scopes;

    public Scope Method(MethodDeclaration method)
    {
        _scope = _scopes[method] = new Scope(null, false);
        foreach (Parameter parameter in method.Parameters)
        {
            DeclarePattern(parameter.Pattern);
        }

        Visit(method.Guard);
        VisitBody(method.Body);
        return _scopes[method];
    }

    public Scope Script(SyntaxNode key, IEnumerable<TopLevelItem> items, IEnumerable<string> session)
    {
        _scope = _scopes[key] = new Scope(null, false);
        foreach (string name in session)
        {
            _scope.Names[name] = new Variable(name, VariableRole.Session);
        }

        foreach (TopLevelItem item in items)
        {
            VisitTopLevel(item);
        }

        return _scopes[key];
    }

    private void VisitTopLevel(TopLevelItem item)
    {
        switch (item)
        {
            case TopLevelTemporaries temporaries:
                Declare(temporaries.Names, VariableRole.Local);
                break;
            case TopLevelStatement statement:
                VisitStatement(statement.Statement);
                break;
        }
    }

    private void VisitBody(Body body)
    {
        Declare(body.Temporaries, VariableRole.Local);
        foreach (Statement statement in body.Statements)
        {
            VisitStatement(statement);
        }
    }

    private void VisitStatement(Statement statement) => Visit(statement switch
    {
        ExpressionStatement expression => expression.Expression,
        ReturnStatement result => result.Value,
        _ => throw new InvalidOperationException($"unknown statement {statement.GetType().Name}"),
    });

    private void Declare(ImmutableArray<Identifier> names, VariableRole role)
    {
        foreach (Identifier name in names)
        {
            DeclareName(name.Name, name.Span, role);
        }
    }

    private void DeclareName(string name, TextSpan span, VariableRole role)
    {
        if (name != "_" && !_scope.Names.TryAdd(name, new Variable(name, role)))
        {
            diagnostics.Report(Catalog.DuplicateParameter, span, name);
        }
    }

    private void Inside(SyntaxNode node, bool isArm, Action visit)
    {
        Scope outer = _scope;
        _scope = _scopes[node] = new Scope(outer, isArm);
        outer.Children.Add(_scope);
        visit();
        _scope = outer;
    }

    private void Note(string name, TextSpan span, bool isAssignment)
    {
        if (_scope.Lookup(name) is null)
        {
            _scope.Note(name, span, isAssignment);
        }
    }

    private void VisitAll(ImmutableArray<Expression> expressions)
    {
        foreach (Expression expression in expressions)
        {
            Visit(expression);
        }
    }

    private void Visit(Expression? expression)
    {
        switch (expression)
        {
            case NameExpression name:
                Note(name.Name, name.Span, false);
                break;
            case AssignmentExpression { Target: NameExpression target } assignment:
                Note(target.Name, target.Span, assignment.Operator is null);
                Visit(assignment.Value);
                break;
            case AssignmentExpression assignment:
                Visit(assignment.Target);
                Visit(assignment.Value);
                break;
            case DestructuringExpression destructuring:
                NotePattern(destructuring.Pattern);
                Visit(destructuring.Value);
                break;
            case BlockExpression block:
                Inside(block, false, () => VisitBlock(block));
                break;
            case MatchExpression match:
                Visit(match.Subject);
                VisitArms(match.Arms);
                break;
            case ReceiveExpression receive:
                VisitArms(receive.Arms);
                Visit(receive.Timeout);
                Visit(receive.TimeoutBlock);
                break;
            default:
                VisitParts(expression);
                break;
        }
    }

    private void VisitBlock(BlockExpression block)
    {
        foreach (BlockParameter parameter in block.Parameters)
        {
            DeclareName(parameter.Name.Name, parameter.Name.Span, VariableRole.Parameter);
        }

        VisitBody(block.Body);
    }

    private void VisitArms(ImmutableArray<MatchArm> arms)
    {
        foreach (MatchArm arm in arms)
        {
            Inside(arm, true, () => VisitArm(arm));
        }
    }

    private void VisitArm(MatchArm arm)
    {
        DeclarePattern(arm.Pattern);
        Visit(arm.Guard);
        Visit(arm.Body);
    }

    private void DeclarePattern(Pattern pattern)
    {
        foreach ((string name, TextSpan span) in PatternNames.Of(pattern))
        {
            DeclareName(name, span, VariableRole.Parameter);
        }
    }

    private void NotePattern(Pattern pattern)
    {
        foreach ((string name, TextSpan span) in PatternNames.Of(pattern))
        {
            Note(name, span, true);
        }
    }

    private void VisitParts(Expression? expression)
    {
        switch (expression)
        {
            case SendExpression send:
                Visit(send.Receiver);
                VisitAll(send.Arguments);
                break;
            case CascadeExpression cascade:
                Visit(cascade.Receiver);
                foreach (CascadeMessage message in cascade.Messages)
                {
                    VisitAll(message.Arguments);
                }

                break;
            case CastExpression cast:
                Visit(cast.Send);
                break;
            case ParenthesizedExpression parenthesized:
                Visit(parenthesized.Inner);
                break;
            case InterpolatedString interpolated:
                VisitAll(interpolated.Parts);
                break;
            case ListExpression list:
                VisitAll(list.Elements);
                break;
            case ArrayExpression array:
                VisitAll(array.Elements);
                break;
            case TupleExpression tuple:
                VisitAll(tuple.Elements);
                break;
            case DictionaryExpression dictionary:
                foreach (DictionaryEntry entry in dictionary.Entries)
                {
                    Visit(entry.Key);
                    Visit(entry.Value);
                }

                break;
        }
    }
}
