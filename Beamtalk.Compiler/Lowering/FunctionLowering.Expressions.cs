using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

public sealed partial class FunctionLowering
{
    /// <summary>
    /// Appends to the run what must happen first and answers an expression for the value, to be used at once: what
    /// is not simple is still to be evaluated.
    /// </summary>
    private CoreExpr Lower(BoundExpr expression, Run run, Use use)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        return expression switch
        {
            BoundInteger literal => Int(literal.Value),
            BoundFloat literal => Float(literal.Value),
            BoundString literal => new CString(literal.Value),
            BoundAtom literal => Symbol(literal.Value),
            BoundCharacter literal => CoreValues.Character(literal.CodePoint),
            BoundClass literal => CoreValues.ClassObject(literal.Class.Facade),
            BoundUnknownClass unknown => CallAt(At(unknown.Span), "bt_class", "resolve", Symbol(unknown.Name)),
            BoundVariable variable => Read(variable.Variable),
            BoundState state => ReadState(state, run),
            BoundInterpolation interpolation => LowerInterpolation(interpolation, run),
            BoundCollection collection => LowerCollection(collection, run),
            BoundDictionary dictionary => LowerDictionary(dictionary, run),
            BoundOperator op => LowerOperator(op, run),
            BoundSend send => LowerSend(send, run, use),
            BoundSuperSend send => SuperSend(send.Selector, Atoms(send.Arguments, run), At(send.Span), run),
            BoundSpawn spawn => LowerSpawn(spawn, run),
            BoundErlangCall call => LowerErlangCall(call, run),
            BoundCast cast => LowerCast(cast, run),
            BoundCascade cascade => LowerCascade(cascade, run, use),
            BoundAssignment assignment => LowerAssignment(assignment, run),
            BoundCompoundAssignment assignment => LowerCompound(assignment, run),
            BoundUpdate update => LowerUpdate(update, run, use),
            BoundDestructuring destructuring => LowerDestructuring(destructuring, run),
            BoundBlock block => LowerBlock(block, run),
            BoundReturn result => LowerThrownReturn(result, run),
            BoundInstall install => LowerInstall(install),
            _ => LowerControl(expression, run, use),
        };
    }

    private CoreExpr LowerControl(BoundExpr expression, Run run, Use use) => expression switch
    {
        BoundIf branch => LowerIf(branch, run, use),
        BoundLogical logical => LowerIf(AsIf(logical), run, use),
        BoundIfNil branch => LowerIfNil(branch, run, use),
        BoundMatch match => LowerMatch(match, run, use),
        BoundWhile loop => LowerWhile(loop, run),
        BoundRepeat loop => LowerRepeat(loop, run),
        BoundCountLoop loop => LowerCountLoop(loop, run),
        BoundEach loop => LowerEach(loop, run, use),
        BoundReceive receive => LowerReceive(receive, run, use),
        _ => throw new InvalidOperationException($"no lowering for {expression.GetType().Name}"),
    };

    /// <summary><c>"a {x} b"</c> ⇒ <c>bt_op:interpolate([&lt;&lt;"a "&gt;&gt;, X, &lt;&lt;" b"&gt;&gt;])</c>.</summary>
    private CoreExpr LowerInterpolation(BoundInterpolation interpolation, Run run) => CallAt(
        At(interpolation.Span), "bt_op", "interpolate",
        List(TouchedAtoms(interpolation.Parts, run)));

    private CoreExpr LowerCollection(BoundCollection collection, Run run)
    {
        ImmutableArray<CoreExpr> elements = Atoms(collection.Elements, run);
        return collection.Kind switch
        {
            CollectionKind.List => List(elements),
            CollectionKind.Tuple => Tuple(elements),
            CollectionKind.Array => CoreValues.Array(elements),
            _ => throw new InvalidOperationException($"unknown collection {collection.Kind}"),
        };
    }

    private CoreExpr LowerDictionary(BoundDictionary dictionary, Run run) =>
        Map([.. dictionary.Entries.Select(entry => (Atom(entry.Key, run), Atom(entry.Value, run)))]);

    /// <summary>
    /// <c>Erlang m f: a</c> ⇒ <c>m:f(A)</c>, an argument that may be a future awaited first.
    /// </summary>
    private CoreExpr LowerErlangCall(BoundErlangCall call, Run run)
    {
        ImmutableArray<CoreExpr> values = TouchedAtoms(call.Arguments, run);
        ImmutableArray<CoreExpr> arguments =
            [.. values.Select((value, i) => Awaited(call.Arguments[i], value, run))];
        return CallAt(At(call.Span), call.Module, call.Function, arguments);
    }

    private CoreExpr Awaited(BoundExpr expression, CoreExpr value, Run run) =>
        IsPlain(expression, value) ? value : run.Bind("", Call("bt_op", "touch", value));

    /// <summary>Cannot be a future.</summary>
    private bool IsPlain(BoundExpr expression, CoreExpr value) =>
        Simple.IsConstant(value)
        || _env.IsInteger(value)
        || expression is BoundBlock or BoundInterpolation or BoundCollection or BoundDictionary or BoundErlangCall
        || (expression is BoundVariable { Variable.Role: VariableRole.Self } && _module.Class.Name != "Future");

    /// <summary><c>[:x | e]</c> ⇒ <c>apply 'mk 1'/1({'$bt_env', Generation, 'mk 1', Self, V1, …})</c>.</summary>
    private CoreExpr LowerBlock(BoundBlock block, Run run)
    {
        var inner = new FunctionLowering(_module, new VariableSupply(), _method, true) { _lent = _lent };
        return MakeBlock(inner, block.Code, block.Code.Captured, _env, run);
    }

    /// <summary>Adds the maker of a block and calls it with what the block captures, as the environment has it.</summary>
    private CoreExpr MakeBlock(
        FunctionLowering inner, BoundCode code, IReadOnlyCollection<Variable> used, Environment environment, Run run)
    {
        string maker = _module.NextMaker();
        bool ownSelf = used.Contains(_self) && !inner.InCell(_self);
        ImmutableArray<Variable> captured = [.. used.Where(variable => !ReferenceEquals(variable, _self) || !ownSelf)];
        CoreExpr self = ownSelf ? environment[_self] : Nil;
        ImmutableArray<CoreExpr> header = [Symbol("$bt_env"), Symbol(_module.Generation), Symbol(maker), self];
        CoreExpr captures = Tuple([.. header, .. captured.Select(variable => environment[variable])]);
        _module.Extra.Add(inner.Maker(maker, code, captured, ownSelf));
        return Apply(maker, run.Atom(captures));
    }

    /// <summary>A self without a cell has a place of its own in the environment.</summary>
    private CoreFunction Maker(string name, BoundCode code, ImmutableArray<Variable> captured, bool ownSelf)
    {
        CoreVar environment = _supply.Fresh("env");
        var run = new Run(_supply);
        if (ownSelf)
        {
            _env = _env.With(_self, run.Bind("self", Element(4, environment)));
        }

        for (int i = 0; i < captured.Length; i++)
        {
            _env = _env.With(captured[i], run.Bind(captured[i].Name, Element(i + 5, environment)));
        }

        ImmutableArray<CoreVar> parameters = [.. code.Parameters.Select(p => _supply.Fresh(p.Name))];
        for (int i = 0; i < parameters.Length; i++)
        {
            Introduce(code.Parameters[i], Var(parameters[i]), run);
        }

        CoreExpr body = run.Finish(BodyTail(code.Body!, Use.Tail, null));
        CFun maker = Fun([environment], Fun(parameters, body));
        return new CoreFunction(new FunctionName(name, 1), maker, true, At(code.Span));
    }

    private static CoreExpr Element(int index, CoreVar tuple) => Erlang("element", Int(index), Var(tuple));

    private CoreExpr LowerInstall(BoundInstall install) => _module.Installs[install.Number];
}
