using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>A text that is one method, as a class is asked to compile: <c>increment =&gt; self.value += 1</c>.</summary>
public static class MethodSource
{
    /// <summary>
    /// What parses as the methods of a script is taken for a patch of the class; a whole patch of that class will do,
    /// too. Anything else is an error, and so is another selector than the one that is wanted, if one is.
    /// </summary>
    public static ParsedSource AsPatch(ParsedSource source, ClassSignature target, bool isClassSide, string? wanted)
    {
        ExtensionDeclaration?[] clauses = [.. source.Unit.Items.Select(item => Clause(item, target, isClassSide))];
        Check(source, clauses, target, wanted);
        ImmutableArray<TopLevelItem> items = source.Diagnostics.HasErrors ? [] : [.. clauses.OfType<TopLevelItem>()];
        return source with { Unit = source.Unit with { Items = items } };
    }

    private static void Check(
        ParsedSource source, ExtensionDeclaration?[] clauses, ClassSignature target, string? wanted)
    {
        if (source.Diagnostics.HasErrors)
        {
            return;
        }

        string? selector = clauses.FirstOrDefault()?.Method.Selector;
        int stranger = Array.FindIndex(clauses, clause => clause is null || clause.Method.Selector != selector);
        if (selector is null || stranger >= 0)
        {
            TextSpan place = stranger < 0 ? TextSpan.None : source.Unit.Items[stranger].Span;
            source.Diagnostics.Report(Catalog.NotOneMethod, place, target.Name);
        }
        else if (wanted is not null && wanted != selector)
        {
            source.Diagnostics.Report(Catalog.OtherSelector, clauses[0]!.Method.SelectorSpan, selector, wanted);
        }
    }

    private static ExtensionDeclaration? Clause(TopLevelItem item, ClassSignature target, bool isClassSide) => item switch
    {
        ScriptMethod { Method: var method } => Patch(method, target, isClassSide),
        ExtensionDeclaration { Method: var method } patch when patch.Class.Name == target.Name =>
            Patch(method, target, isClassSide),
        _ => null,
    };

    private static ExtensionDeclaration Patch(MethodDeclaration method, ClassSignature target, bool isClassSide) => new(
        method.Span, true, new ClassName(method.Span, target.Package, target.Name),
        method with { IsClassSide = method.IsClassSide || isClassSide });
}
