using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>Checks and binds the members of one class.</summary>
public sealed class ClassBinder(ClassTable classes, bool inline)
{
    public BoundClassDeclaration Bind(DeclaredClass declared)
    {
        CheckVariables(declared);
        Behaviours.Check(declared.Syntax, declared.Source.Diagnostics);
        ImmutableArray<BoundMember> methods = [.. Methods(declared)];
        ImmutableArray<BoundInitializer> initializers =
            [.. declared.Syntax.Members.OfType<VariableDeclaration>().Select(variable => Initializer(declared, variable))];
        return new BoundClassDeclaration(declared, methods, initializers);
    }

    /// <summary>Runs of declarations of one selector are the clauses of one method.</summary>
    public IEnumerable<BoundMember> BindMethods(
        IEnumerable<MethodDeclaration> declarations, DiagnosticBag diagnostics, ClassSignature signature, bool isExtension)
    {
        var seen = new HashSet<(string, bool)>();
        foreach (ImmutableArray<MethodDeclaration> clauses in Clauses(declarations))
        {
            MethodDeclaration first = clauses[0];
            if (!seen.Add((first.Selector, first.IsClassSide)))
            {
                diagnostics.Report(Catalog.DuplicateMethod, first.SelectorSpan, signature.Name, first.Selector);
            }

            if (!first.IsClassSide && ReservedSelectors.Contains(first.Selector, signature.Kind))
            {
                diagnostics.Report(Catalog.ReservedSelector, first.SelectorSpan, first.Selector, signature.Name);
            }

            CheckClauses(clauses, diagnostics);
            BindingContext context = Context(diagnostics, signature, first.IsClassSide, isExtension);
            yield return new BoundMember(Binder.Method(context, clauses), first.Doc, SourceOf(clauses), clauses);
        }
    }

    private static string SourceOf(ImmutableArray<MethodDeclaration> clauses) =>
        string.Join("\n", clauses.Select(clause => clause.Source));

    private BindingContext Context(DiagnosticBag diagnostics, ClassSignature signature, bool isClassSide, bool isExtension) =>
        new(classes, diagnostics, signature, isClassSide, isExtension, inline);

    private IEnumerable<BoundMember> Methods(DeclaredClass declared)
    {
        DiagnosticBag diagnostics = declared.Source.Diagnostics;
        ImmutableArray<BoundMember> methods =
            [.. BindMethods(declared.Syntax.Members.OfType<MethodDeclaration>(), diagnostics, declared.Signature, false)];
        HashSet<string> taken = [.. methods.Where(method => method.Method.IsClassSide).Select(method => method.Method.Selector)];
        BindingContext context = Context(diagnostics, declared.Signature, true, false);
        foreach (DeclarationMember member in Declarations(declared.Syntax))
        {
            if (!taken.Add(member.Name.Name))
            {
                diagnostics.Report(Catalog.DuplicateMethod, member.Name.Span, declared.Signature.Name, member.Name.Name);
            }

            string source = declared.Source.Text.Slice(member.Span);
            methods = methods.Add(new BoundMember(Binder.Declaration(context, member), member.Doc, source, []));
        }

        return methods;
    }

    private static IEnumerable<DeclarationMember> Declarations(ClassDeclaration syntax) => syntax.Members
        .Select(member => member switch
        {
            DeclarationMember declaration => declaration,
            ChildrenDeclaration children => ChildSpecifications.AsDeclaration(children),
            _ => null,
        })
        .OfType<DeclarationMember>();

    private static IEnumerable<ImmutableArray<MethodDeclaration>> Clauses(IEnumerable<MethodDeclaration> methods)
    {
        var run = ImmutableArray.CreateBuilder<MethodDeclaration>();
        foreach (MethodDeclaration method in methods)
        {
            bool same = run.Count > 0 && run[0].Selector == method.Selector && run[0].IsClassSide == method.IsClassSide;
            if (run.Count > 0 && !same)
            {
                yield return run.DrainToImmutable();
            }

            run.Add(method);
        }

        if (run.Count > 0)
        {
            yield return run.DrainToImmutable();
        }
    }

    /// <summary>Behind a clause that matches everything no other can be reached.</summary>
    private static void CheckClauses(ImmutableArray<MethodDeclaration> clauses, DiagnosticBag diagnostics)
    {
        for (int i = 0; i < clauses.Length - 1; i++)
        {
            if (IsUnconditional(clauses[i]))
            {
                diagnostics.Report(Catalog.ClauseParameters, clauses[i + 1].SelectorSpan, clauses[i + 1].Selector);
            }
        }
    }

    public static bool IsUnconditional(MethodDeclaration method) =>
        method.Guard is null && method.Parameters.All(parameter => PatternNames.IsIrrefutable(parameter.Pattern));

    private BoundInitializer Initializer(DeclaredClass declared, VariableDeclaration variable)
    {
        if (variable.Initializer is null)
        {
            return new BoundInitializer(variable, null);
        }

        bool isClassSide = variable.Kind == VariableKind.ClassState;
        BindingContext context = Context(declared.Source.Diagnostics, declared.Signature, isClassSide, false);
        return new BoundInitializer(
            variable, Binder.Initializer(context, $"${variable.Name.Name}", variable.Initializer, isClassSide));
    }

    private void CheckVariables(DeclaredClass declared)
    {
        ClassSignature signature = declared.Signature;
        DiagnosticBag diagnostics = declared.Source.Diagnostics;
        ClassSignature? superclass = classes.SuperclassOf(signature);
        HashSet<string> seen = superclass is null ? [] : [.. classes.AllVariables(superclass)];
        foreach (VariableDeclaration variable in declared.Syntax.Members.OfType<VariableDeclaration>())
        {
            if (!seen.Add(variable.Name.Name))
            {
                diagnostics.Report(Catalog.DuplicateVariable, variable.Name.Span, variable.Name.Name, signature.Name);
            }

            bool hasReader = signature.Kind == ClassKind.Value && variable.Kind != VariableKind.ClassState;
            if (hasReader && ReservedSelectors.Contains(variable.Name.Name, signature.Kind))
            {
                diagnostics.Report(Catalog.ReservedSelector, variable.Name.Span, variable.Name.Name, signature.Name);
            }

            bool impossible = variable.Kind != VariableKind.ClassState
                && signature.Kind is ClassKind.Primitive or ClassKind.Supervisor;
            if (impossible)
            {
                string kind = signature.Kind == ClassKind.Supervisor ? "a supervisor" : "a built-in class";
                diagnostics.Report(Catalog.StateInObject, variable.Name.Span, signature.Name, kind);
            }
        }
    }
}
