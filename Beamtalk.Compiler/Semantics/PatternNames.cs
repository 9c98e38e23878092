using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>The names that a pattern binds, in textual order.</summary>
public static class PatternNames
{
    public static IEnumerable<(string Name, TextSpan Span)> Of(Pattern pattern) => pattern switch
    {
        NamePattern name => [(name.Name, name.Span)],
        TypedPattern { Name: not "_" } typed => [(typed.Name, typed.Span)],
        TuplePattern tuple => tuple.Elements.SelectMany(Of),
        ListPattern list => list.Elements.SelectMany(Of).Concat(list.Rest is null ? [] : Of(list.Rest)),
        ArrayPattern array => array.Elements.SelectMany(Of),
        DictionaryPattern dictionary => dictionary.Entries.SelectMany(entry => Of(entry.Value)),
        StringPrefixPattern prefix => Of(prefix.Rest),
        ConstructorPattern constructor => constructor.Fields.SelectMany(field => Of(field.Pattern)),
        _ => [],
    };

    /// <summary>Whether the pattern matches every value.</summary>
    public static bool IsIrrefutable(Pattern pattern) => pattern is NamePattern or WildcardPattern;
}
