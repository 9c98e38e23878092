using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

public sealed partial class Binder
{
    private ImmutableArray<BoundPattern> BindPatterns(ImmutableArray<Pattern> patterns) =>
        [.. patterns.Select(BindPattern)];

    private BoundPattern BindPattern(Pattern pattern) => pattern switch
    {
        WildcardPattern => new BoundWildcard(pattern.Span),
        NamePattern name => BindBinding(name.Span, name.Name),
        LiteralPattern literal => new BoundLiteralPattern(literal.Span, Bind(literal.Literal)),
        TuplePattern tuple => new BoundTuplePattern(tuple.Span, BindPatterns(tuple.Elements)),
        ListPattern list => new BoundListPattern(
            list.Span, BindPatterns(list.Elements), list.Rest is null ? null : BindPattern(list.Rest)),
        ArrayPattern array => new BoundArrayPattern(array.Span, BindPatterns(array.Elements)),
        DictionaryPattern dictionary => new BoundDictionaryPattern(
            dictionary.Span, [.. dictionary.Entries.Select(entry => (Bind(entry.Key), BindPattern(entry.Value)))]),
        StringPrefixPattern prefix => new BoundPrefixPattern(prefix.Span, prefix.Prefix, BindPattern(prefix.Rest)),
        ConstructorPattern constructor => BindConstructor(constructor),
        TypedPattern typed => BindTyped(typed),
        _ => throw new InvalidOperationException($"unknown pattern {pattern.GetType().Name}"),
    };

    private BoundPattern BindBinding(Text.TextSpan span, string name) =>
        name == "_" || _scope.Lookup(name) is not { } variable
            ? new BoundWildcard(span)
            : new BoundBinding(span, variable);

    private BoundPattern BindConstructor(ConstructorPattern constructor)
    {
        if (Classes.Find(constructor.Class) is not { } signature)
        {
            return UnknownPatternClass(constructor.Class);
        }

        if (signature.Facade == "bt.stdlib.Result" && constructor.Fields is [{ Field.Name: "ok" or "error" } side])
        {
            return ResultPattern(constructor, signature, side);
        }

        var fields = ImmutableArray.CreateBuilder<(string, BoundPattern)>();
        foreach (FieldPattern field in constructor.Fields)
        {
            if (Classes.DeclarerOf(signature, field.Field.Name) is null)
            {
                Diagnostics.ReportWithHint(Catalog.PatternClassFields, field.Field.Span,
                    Spelling.Hint(field.Field.Name, Classes.AllVariables(signature)), signature.Name, field.Field.Name);
            }

            fields.Add((field.Field.Name, BindPattern(field.Pattern)));
        }

        return new BoundConstructorPattern(constructor.Span, signature, fields.ToImmutable());
    }

    /// <summary><c>Result ok: v</c> reads like the message that makes one.</summary>
    private BoundConstructorPattern ResultPattern(ConstructorPattern constructor, ClassSignature signature, FieldPattern side)
    {
        string isOk = side.Field.Name == "ok" ? "true" : "false";
        var flag = new BoundLiteralPattern(side.Field.Span, new BoundAtom(side.Field.Span, isOk));
        return new BoundConstructorPattern(
            constructor.Span, signature, [("ok", flag), ("value", BindPattern(side.Pattern))]);
    }

    private BoundWildcard UnknownPatternClass(ClassName name)
    {
        string? hint = Classes.Suggest(name.Name) is { } near ? $"did you mean {near}?" : null;
        Diagnostics.ReportWithHint(Catalog.UnknownPatternClass, name.Span, hint, name);
        return new BoundWildcard(name.Span);
    }

    private BoundPattern BindTyped(TypedPattern typed)
    {
        var classes = ImmutableArray.CreateBuilder<ClassSignature>();
        var symbols = ImmutableArray.CreateBuilder<string>();
        foreach (TypeSyntax type in Alternatives(typed.Type))
        {
            switch (type)
            {
                case SymbolType symbol:
                    symbols.Add(symbol.Value);
                    break;
                case NamedType named when Classes.Find(named.Name) is { } signature:
                    classes.Add(signature);
                    break;
                case NamedType named:
                    return UnknownPatternClass(named.Name);
            }
        }

        return new BoundTypedPattern(
            typed.Span, BindBinding(typed.Span, typed.Name), classes.ToImmutable(), symbols.ToImmutable());
    }

    private static IEnumerable<TypeSyntax> Alternatives(TypeSyntax type) =>
        type is UnionType union ? union.Alternatives.SelectMany(Alternatives) : [type];
}
