using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

/// <summary>Binds what stands outside classes: statements, script methods, extensions and patches.</summary>
public sealed class ScriptBinder(ClassTable classes, bool inline)
{
    private const string WorkspaceClass = "Workspace";

    private readonly ClassBinder _members = new(classes, inline);

    /// <summary>The class of a script object.</summary>
    public static ClassSignature SignatureOf(ParsedSource source) => new(
        "script", Path.GetFileNameWithoutExtension(source.Text.Path), "bt.stdlib.Object", ClassKind.Script, false, false, [], [],
        [.. source.Unit.Items.OfType<ScriptMethod>().Select(item => MethodSignatures.Of(item.Method)).DistinctBy(
            signature => (signature.Selector, signature.IsClassSide))]);

    /// <summary>Whether there is anything but classes.</summary>
    public static bool IsNeeded(ParsedSource source) => source.Unit.Items.Any(item => item is not ClassDeclaration);

    /// <summary>
    /// In a session the script object is the workspace, and what would be a script's methods extend its class.
    /// </summary>
    public static ParsedSource ForSession(ParsedSource source)
    {
        ImmutableArray<TopLevelItem> items = [.. source.Unit.Items.Select(item => item is ScriptMethod method
            ? new ExtensionDeclaration(method.Span, false, new ClassName(method.Span, null, WorkspaceClass), method.Method)
            : item)];
        return source with { Unit = source.Unit with { Items = items } };
    }

    public BoundScript Bind(ParsedSource source, IReadOnlyCollection<string>? session)
    {
        ClassSignature signature = session is null
            ? SignatureOf(source)
            : classes.Find(WorkspaceClass) ?? SignatureOf(source);
        ImmutableArray<BoundExtension> extensions = [.. Extensions(source)];
        ImmutableArray<BoundMember> methods = [.. _members.BindMethods(
            source.Unit.Items.OfType<ScriptMethod>().Select(item => item.Method), source.Diagnostics, signature, false)];
        var context = new BindingContext(classes, source.Diagnostics, signature, false, false, inline);
        if (session is null)
        {
            BoundMethod main = Binder.Script(context, source.Unit);
            return new BoundScript(source, signature, main, [], methods, extensions);
        }

        (BoundMethod eval, ImmutableArray<Variable> variables) = Binder.Session(context, source.Unit, session);
        return new BoundScript(source, signature, eval, variables, methods, extensions);
    }

    private IEnumerable<BoundExtension> Extensions(ParsedSource source)
    {
        int number = 0;
        foreach (ImmutableArray<ExtensionDeclaration> group in Groups(source.Unit))
        {
            ExtensionDeclaration first = group[0];
            if (Target(source, first) is { } target)
            {
                CheckSealed(source, first, target);
                BoundMember member = _members.BindMethods(
                    group.Select(extension => extension.Method), source.Diagnostics, target, true).First();
                yield return new BoundExtension(source, number, first.IsPatch, target, member);
            }

            number += group.Length;
        }
    }

    private ClassSignature? Target(ParsedSource source, ExtensionDeclaration extension)
    {
        ClassSignature? target = classes.Find(extension.Class);
        if (target is null)
        {
            string? hint = classes.Suggest(extension.Class.Name) is { } near ? $"did you mean {near}?" : null;
            source.Diagnostics.ReportWithHint(
                Catalog.ExtensionOfUnknownClass, extension.Class.Span, hint, extension.Class);
        }

        return target;
    }

    private static void CheckSealed(ParsedSource source, ExtensionDeclaration extension, ClassSignature target)
    {
        MethodDeclaration method = extension.Method;
        if (!method.IsClassSide && SealedMethods.Contains(target, method.Selector))
        {
            source.Diagnostics.Report(Catalog.SealedMethod, method.SelectorSpan, target.Name, method.Selector);
        }
    }

    /// <summary>
    /// Extensions of one method that follow one another are its clauses, as long as the one before does not match
    /// everything: then the next replaces it.
    /// </summary>
    private static IEnumerable<ImmutableArray<ExtensionDeclaration>> Groups(CompilationUnit unit)
    {
        var run = ImmutableArray.CreateBuilder<ExtensionDeclaration>();
        foreach (TopLevelItem item in unit.Items)
        {
            var extension = item as ExtensionDeclaration;
            if (run.Count > 0 && !Continues(run[^1], extension))
            {
                yield return run.DrainToImmutable();
            }

            if (extension is not null)
            {
                run.Add(extension);
            }
        }

        if (run.Count > 0)
        {
            yield return run.DrainToImmutable();
        }
    }

    private static bool Continues(ExtensionDeclaration last, ExtensionDeclaration? next) =>
        next is not null
        && next.Class.ToString() == last.Class.ToString()
        && next.Method.Selector == last.Method.Selector
        && next.Method.IsClassSide == last.Method.IsClassSide
        && !ClassBinder.IsUnconditional(last.Method);
}
