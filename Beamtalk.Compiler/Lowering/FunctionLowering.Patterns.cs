using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// What a Beamtalk pattern is in Core: a pattern, guards that Core can test, tests that need calls, and the
/// variables it binds.
/// </summary>
public sealed class LoweredPattern
{
    public List<CoreExpr> Guards { get; } = [];

    public List<CoreExpr> Tests { get; } = [];

    public List<(Variable Variable, CoreVar Value)> Bindings { get; } = [];

    /// <summary>The value is a message that is still in the mailbox: there can be no <see cref="Tests"/>.</summary>
    public bool IsReceive { get; init; }

    public CoreExpr? Guard => Guards.Count == 0 ? null : AllOf([.. Guards]);
}

public sealed partial class FunctionLowering
{
    private CorePattern Lower(BoundPattern pattern, LoweredPattern parts, Run run) => pattern switch
    {
        BoundWildcard => new PVar(_supply.Fresh("")),
        BoundBinding binding => Bind(BindTo(binding.Variable, parts)),
        BoundLiteralPattern literal => LowerLiteral(literal.Literal),
        BoundTuplePattern tuple => new PTuple(LowerAll(tuple.Elements, parts, run)),
        BoundListPattern list => LowerList(list, parts, run),
        BoundArrayPattern array => InstancePattern(
            Literal(Symbol("bt.stdlib.Array")), ("items", new PTuple(LowerAll(array.Elements, parts, run)))),
        BoundDictionaryPattern dictionary => LowerDictionary(dictionary, parts, run),
        BoundPrefixPattern prefix => LowerPrefix(prefix, parts, run),
        BoundConstructorPattern constructor => LowerConstructor(constructor, parts, run),
        BoundTypedPattern typed => LowerTyped(typed, parts, run),
        _ => throw new InvalidOperationException($"no lowering for {pattern.GetType().Name}"),
    };

    private ImmutableArray<CorePattern> LowerAll(ImmutableArray<BoundPattern> patterns, LoweredPattern parts, Run run) =>
        [.. patterns.Select(pattern => Lower(pattern, parts, run))];

    private CoreVar BindTo(Variable variable, LoweredPattern parts)
    {
        CoreVar value = _supply.Fresh(variable.Name);
        parts.Bindings.Add((variable, value));
        return value;
    }

    private static CorePattern LowerLiteral(BoundExpr literal) => literal switch
    {
        BoundInteger integer => Literal(Int(integer.Value)),
        BoundFloat number => Literal(Float(number.Value)),
        BoundString text => Literal(new CString(text.Value)),
        BoundAtom atom => Literal(Symbol(atom.Value)),
        BoundCharacter character => InstancePattern(
            Literal(Symbol("bt.stdlib.Character")), ("code", Literal(Int(character.CodePoint)))),
        _ => throw new InvalidOperationException($"{literal.GetType().Name} is not a literal"),
    };

    private static PMap InstancePattern(CorePattern facade, params ImmutableArray<(string Field, CorePattern Pattern)> fields) =>
        new([(Symbol(CoreValues.ClassKey), facade), .. fields.Select(field => ((CoreExpr)Symbol(field.Field), field.Pattern))]);

    private CorePattern LowerList(BoundListPattern list, LoweredPattern parts, Run run)
    {
        ImmutableArray<CorePattern> elements = LowerAll(list.Elements, parts, run);
        CorePattern tail = list.Rest is null ? Literal(EmptyList) : Lower(list.Rest, parts, run);
        return elements.Reverse().Aggregate(tail, (rest, element) => new PCons(element, rest));
    }

    /// <summary>A Dictionary is a map that is not an instance.</summary>
    private PAlias LowerDictionary(BoundDictionaryPattern dictionary, LoweredPattern parts, Run run)
    {
        CoreVar whole = _supply.Fresh("");
        ImmutableArray<(CoreExpr, CorePattern)> entries =
            [.. dictionary.Entries.Select(entry => (Atom(entry.Key, run), Lower(entry.Value, parts, run)))];
        parts.Guards.Add(NotInstance(Var(whole)));
        return new PAlias(whole, new PMap(entries));
    }

    private static CoreExpr NotInstance(CoreExpr map) =>
        Erlang("not", Erlang("is_map_key", Symbol(CoreValues.ClassKey), map));

    private CorePattern LowerPrefix(BoundPrefixPattern prefix, LoweredPattern parts, Run run)
    {
        CoreVar rest = _supply.Fresh("rest");
        switch (Lower(prefix.Rest, parts, run))
        {
            case PVar variable:
                return new PBinaryPrefix(prefix.Prefix, variable.Variable);
            case PLiteral literal:
                parts.Guards.Add(Erlang("=:=", Var(rest), literal.Literal));
                return new PBinaryPrefix(prefix.Prefix, rest);
            default:
                throw new InvalidOperationException("after a string prefix only a name or a literal can stand");
        }
    }

    private CorePattern LowerConstructor(BoundConstructorPattern constructor, LoweredPattern parts, Run run)
    {
        if (constructor.Fields.IsEmpty)
        {
            var any = new BoundTypedPattern(
                constructor.Span, new BoundWildcard(constructor.Span), [constructor.Class], []);
            return LowerTyped(any, parts, run);
        }

        ImmutableArray<(string, CorePattern)> fields =
            [.. constructor.Fields.Select(field => (field.Field, Lower(field.Pattern, parts, run)))];
        CoreVar whole = _supply.Fresh("");
        if (parts.IsReceive)
        {
            return ReceivedInstance(whole, constructor.Class, fields, parts, run);
        }

        CoreVar facade = _supply.Fresh("class");
        parts.Tests.Add(Case(Var(facade),
            Clause(Literal(Symbol(constructor.Class.Facade)), True),
            Clause(Ignored, KindTest(constructor.Class, Var(whole)))));
        return new PAlias(whole, InstancePattern(Bind(facade), fields));
    }

    private static CoreExpr KindTest(ClassSignature signature, CoreExpr value) =>
        Call("bt_class", "is_kind_of", value, Symbol(signature.Facade));

    private CorePattern LowerTyped(BoundTypedPattern typed, LoweredPattern parts, Run run)
    {
        CorePattern inner = Lower(typed.Inner, parts, run);
        CoreVar whole = inner is PVar variable ? variable.Variable : _supply.Fresh("");
        ImmutableArray<CoreExpr?> guards = [.. typed.Classes.Select(signature => TypeGuards.For(signature, Var(whole)))];
        IEnumerable<CoreExpr> symbols = typed.Symbols.Select(symbol => Erlang("=:=", Var(whole), Symbol(symbol)));
        if (guards.All(guard => guard is not null))
        {
            parts.Guards.Add(AnyOf([.. guards.Select(guard => guard!), .. symbols]));
        }
        else if (parts.IsReceive)
        {
            return LowerReceivedType(typed, whole, parts, run);
        }
        else
        {
            parts.Tests.Add(AnyOf(
                [.. typed.Classes.Select(signature => (CoreExpr)KindTest(signature, Var(whole))), .. symbols]));
        }

        return inner is PVar ? inner : new PAlias(whole, inner);
    }

    private static CoreExpr AnyOf(ImmutableArray<CoreExpr> tests) => tests.IsEmpty
        ? True
        : tests[1..].Aggregate(tests[0], (left, right) => Erlang("or", left, right));

    private CoreExpr LowerDestructuring(BoundDestructuring destructuring, Run run)
    {
        CoreExpr value = Atom(destructuring.Value, run, Use.Touched);
        value = Awaited(destructuring.Value, value, run);
        Destructure(destructuring, value, run);
        return value;
    }

    /// <summary><c>{a, b} := e</c> ⇒ <c>let &lt;A, B&gt; = case E of {A1, B1} -> &lt;A1, B1&gt;; _ -> match_error</c>.</summary>
    private void Destructure(BoundDestructuring destructuring, CoreExpr value, Run run)
    {
        var parts = new LoweredPattern();
        CorePattern pattern = Lower(destructuring.Pattern, parts, run);
        ImmutableArray<CoreVar> results = [.. parts.Bindings.Select(binding => _supply.Fresh(binding.Variable.Name))];
        CoreExpr success = ValuesOf([.. parts.Bindings.Select(binding => (CoreExpr)Var(binding.Value))]);
        CoreVar failed = _supply.Fresh("");
        CoreExpr error = CallAt(At(destructuring.Span), "bt_error", "match_error", value);
        CoreExpr failure = results.Length < 2
            ? error
            : Let(failed, error, ValuesOf([.. results.Select(_ => (CoreExpr)Nil)]));
        CoreExpr tested = parts.Tests.Aggregate(success, (body, test) => IfTrue(test, body, failure));
        CoreExpr match = Case(value, Clause(pattern, parts.Guard, tested), Clause(Ignored, failure));
        run.BindValues(results.IsEmpty ? [_supply.Fresh("")] : results, match);
        for (int i = 0; i < results.Length; i++)
        {
            Write(parts.Bindings[i].Variable, Var(results[i]), run);
        }
    }

    private static CoreExpr ValuesOf(ImmutableArray<CoreExpr> values) => values.Length switch
    {
        0 => Nil,
        1 => values[0],
        _ => new CValues(values),
    };
}
