using System.Collections.Immutable;

namespace Beamtalk.Compiler.Core;

/// <summary>Texts, lists, maps and patterns.</summary>
public sealed partial class CoreWriter
{
    /// <summary>
    /// <c>call 'erlang':'list_to_binary'("…")</c>, which OTP folds to a literal and scans thirty times faster than a
    /// segment for each byte. Guards and patterns need the literal at once.
    /// </summary>
    private void WriteText(CString text)
    {
        if (_literalTexts || text.Value.Length == 0)
        {
            WriteLiteralText(text.Value);
        }
        else
        {
            _output.Append("call 'erlang':'list_to_binary'(").AppendByteList(text.Value).Append(')');
        }
    }

    private void WriteLiteralText(string text) => _output.Append("#{").AppendSegments(text).Append("}#");

    /// <summary>
    /// OTP evaluates the tail of a cell before its head. Where that could be noticed the elements are bound first.
    /// </summary>
    private void WriteList(CCons list)
    {
        var (elements, tail) = Flatten(list);
        var isOrdered = elements.Append(tail).Count(part => !IsPure(part)) > 1;
        var names = isOrdered ? elements.Add(tail).Select(BindFirst).ToImmutableArray() : [];
        _output.Append('[');
        for (var i = 0; i < elements.Length; i++)
        {
            _output.Append(i == 0 ? "" : ",");
            WriteNamed(elements[i], isOrdered ? names[i] : null);
        }

        if (tail is not CNil)
        {
            _output.Append('|');
            WriteNamed(tail, isOrdered ? names[^1] : null);
        }

        _output.Append(']');
    }

    private static (ImmutableArray<CoreExpr> Elements, CoreExpr Tail) Flatten(CCons list)
    {
        var elements = ImmutableArray.CreateBuilder<CoreExpr>();
        CoreExpr rest = list;
        while (rest is CCons cons)
        {
            elements.Add(cons.Head);
            rest = cons.Tail;
        }

        return (elements.ToImmutable(), rest);
    }

    private string? BindFirst(CoreExpr part)
    {
        if (IsPure(part))
        {
            return null;
        }

        var name = NextHelper("Part");
        _output.Append("let <").Append(name).Append("> =");
        WriteAfterSpace(part);
        NewLine();
        _output.Append("in ");
        return name;
    }

    private void WriteNamed(CoreExpr part, string? name)
    {
        if (name is null)
        {
            WriteNested(part);
        }
        else
        {
            _output.Append(name);
        }
    }

    private static bool IsPure(CoreExpr expression) => expression switch
    {
        CAtom or CInt or CFloat or CString or CNil or CVar or CFun => true,
        CTuple tuple => tuple.Elements.All(IsPure),
        CCons cons => Flatten(cons) is var (elements, tail) && elements.All(IsPure) && IsPure(tail),
        CMap { Base: null } map => map.Entries.All(entry => IsPure(entry.Key) && IsPure(entry.Value)),
        _ => false,
    };

    private void WriteEntries(ImmutableArray<(CoreExpr Key, CoreExpr Value)> entries, Action? writeBase)
    {
        _output.Append("~{");
        for (var i = 0; i < entries.Length; i++)
        {
            _output.Append(i == 0 ? "" : ",");
            WriteNested(entries[i].Key);
            _output.Append("=>");
            WriteNested(entries[i].Value);
        }

        if (writeBase is not null)
        {
            _output.Append('|');
            writeBase();
        }

        _output.Append("}~");
    }

    /// <summary>The validator rejects the update of something that has not been shown to be a map.</summary>
    private void WriteMapUpdate(CMap update)
    {
        var map = NextHelper("Map");
        _output.Append("case ");
        Write(update.Base!);
        _output.Append(" of");
        _depth++;
        NewLine();
        _output.Append('<').Append(map).Append("> when call 'erlang':'is_map'(").Append(map).Append(") ->");
        _depth++;
        NewLine();
        WriteEntries(update.Entries, () => _output.Append(map));
        _depth--;
        NewLine();
        var other = NextHelper("Other");
        _output.Append('<').Append(other).Append("> when 'true' -> primop 'match_fail'({'badmap',").Append(other)
            .Append("})");
        _depth--;
        NewLine();
        _output.Append("end");
    }

    private void WritePatterns(ImmutableArray<CorePattern> patterns)
    {
        _output.Append('<');
        for (var i = 0; i < patterns.Length; i++)
        {
            _output.Append(i == 0 ? "" : ",");
            WritePattern(patterns[i]);
        }

        _output.Append('>');
    }

    private void WritePattern(CorePattern pattern)
    {
        switch (pattern)
        {
            case PVar variable:
                WriteVariable(variable.Variable);
                break;
            case PLiteral literal:
                Write(literal.Literal);
                break;
            case PCons cons:
                WriteListPattern(cons);
                break;
            case PTuple tuple:
                WriteTuplePattern(tuple);
                break;
            case PMap map:
                WriteMapPattern(map);
                break;
            case PBinaryPrefix prefix:
                _output.Append("#{").AppendSegments(prefix.Prefix).Append(prefix.Prefix.Length == 0 ? "#<" : ",#<");
                WriteVariable(prefix.Rest);
                _output.Append(">('all',8,'binary',['unsigned'|['big']])}#");
                break;
            case PAlias alias:
                WriteVariable(alias.Variable);
                _output.Append(" = ");
                WritePattern(alias.Pattern);
                break;
            default:
                throw new InvalidOperationException($"no Core Erlang for {pattern.GetType().Name}");
        }
    }

    private void WriteListPattern(PCons list)
    {
        _output.Append('[');
        WritePattern(list.Head);
        var rest = list.Tail;
        while (rest is PCons cons)
        {
            _output.Append(',');
            WritePattern(cons.Head);
            rest = cons.Tail;
        }

        if (rest is not PLiteral { Literal: CNil })
        {
            _output.Append('|');
            WritePattern(rest);
        }

        _output.Append(']');
    }

    private void WriteTuplePattern(PTuple tuple)
    {
        _output.Append('{');
        for (var i = 0; i < tuple.Elements.Length; i++)
        {
            _output.Append(i == 0 ? "" : ",");
            WritePattern(tuple.Elements[i]);
        }

        _output.Append('}');
    }

    private void WriteMapPattern(PMap map)
    {
        _output.Append("~{");
        for (var i = 0; i < map.Entries.Length; i++)
        {
            _output.Append(i == 0 ? "" : ",");
            Write(map.Entries[i].Key);
            _output.Append(":=");
            WritePattern(map.Entries[i].Pattern);
        }

        _output.Append("}~");
    }
}
