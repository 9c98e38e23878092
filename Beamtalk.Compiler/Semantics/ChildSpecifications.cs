using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// <c>children: [ … ]</c> is short for a class-side method that answers a list: <c>C</c> or <c>C spawn</c> ⇒ <c>C</c>;
/// <c>C spawn k: v</c> ⇒ <c>{C, #{#with => #{#k => v}}}</c>; <c>{C, o: e}</c> ⇒ <c>{C, #{#o => e}}</c>.
/// </summary>
public static class ChildSpecifications
{
    public static DeclarationMember AsDeclaration(ChildrenDeclaration children)
    {
        var list = new ListExpression(children.Span, [.. children.Children.Select(Specification)]);
        return new DeclarationMember(children.Span, children.Doc, new Identifier(children.Span, "children"), list);
    }

    private static Expression Specification(ChildSpecification child)
    {
        if (child.Class is null)
        {
            return child.Other ?? new NilLiteral(child.Span);
        }

        var reference = new ClassReference(child.Class.Span, child.Class);
        ImmutableArray<DictionaryEntry> options = [.. child.Options.Select(Entry)];
        if (!child.SpawnArguments.IsEmpty)
        {
            var arguments = new DictionaryExpression(child.Span, [.. child.SpawnArguments.Select(Entry)]);
            options = options.Add(new DictionaryEntry(child.Span, new SymbolLiteral(child.Span, "with"), arguments));
        }

        return options.IsEmpty
            ? reference
            : new TupleExpression(child.Span, [reference, new DictionaryExpression(child.Span, options)]);
    }

    private static DictionaryEntry Entry(KeywordArgument argument) =>
        new(argument.Span, new SymbolLiteral(argument.Name.Span, argument.Name.Name), argument.Value);
}
