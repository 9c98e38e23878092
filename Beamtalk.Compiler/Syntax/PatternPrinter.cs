namespace Beamtalk.Compiler.Syntax;

/// <summary>Writes patterns and types on one line.</summary>
internal static class PatternPrinter
{
    public static string Print(Pattern pattern) => pattern switch
    {
        WildcardPattern => "_",
        NamePattern name => name.Name,
        LiteralPattern literal => ExpressionPrinter.Print(literal.Literal),
        TuplePattern tuple => $"{{{List(tuple.Elements)}}}",
        ListPattern list => $"#({string.Join(", ", list.Elements.Select(Print).Concat(Rest(list)))})",
        ArrayPattern array => $"#[{List(array.Elements)}]",
        DictionaryPattern dictionary => $"#{{{string.Join(", ", dictionary.Entries.Select(Entry))}}}",
        StringPrefixPattern prefix => $"{ExpressionPrinter.Quote(prefix.Prefix)} ++ {Print(prefix.Rest)}",
        ConstructorPattern constructor => $"<{constructor.Class}{string.Concat(constructor.Fields.Select(Field))}>",
        TypedPattern typed => $"{typed.Name} :: {Print(typed.Type)}",
        _ => throw new InvalidOperationException($"unknown pattern {pattern.GetType().Name}"),
    };

    public static string Print(TypeSyntax type) => type switch
    {
        NamedType { Arguments.IsEmpty: true } named => named.Name.ToString(),
        NamedType named => $"{named.Name}({string.Join(", ", named.Arguments.Select(Print))})",
        SymbolType symbol => $"#'{symbol.Value}'",
        UnionType union => string.Join(" | ", union.Alternatives.Select(Print)),
        _ => throw new InvalidOperationException($"unknown type {type.GetType().Name}"),
    };

    private static string List(IEnumerable<Pattern> patterns) => string.Join(", ", patterns.Select(Print));

    private static IEnumerable<string> Rest(ListPattern list) => list.Rest is { } rest ? [$"...{Print(rest)}"] : [];

    private static string Entry(DictionaryPatternEntry entry) =>
        $"{ExpressionPrinter.Print(entry.Key)} => {Print(entry.Value)}";

    private static string Field(FieldPattern field) => $" {field.Field}: {Print(field.Pattern)}";
}
