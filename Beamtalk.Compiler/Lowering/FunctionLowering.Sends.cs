using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>Message sends: which function of the run time, or of a class, each becomes.</summary>
public sealed partial class FunctionLowering
{
    private const int FlatArguments = 6;

    private CoreExpr LowerSend(BoundSend send, Run run, Use use)
    {
        bool isAwait = send.Selector == "await" && !_module.Classes.IsUserDefined("await");
        if (isAwait)
        {
            return LowerAwait(send, run);
        }

        CoreExpr receiver = LowerReceiver(send.Receiver, send.Selector, run);
        ImmutableArray<CoreExpr> arguments = Atoms(send.Arguments, run);
        return SendTo(send.Receiver, receiver, send.Selector, arguments, At(send.Span), use);
    }

    /// <summary>A receiver that may be a future is waited for, unless the message is for the future.</summary>
    private CoreExpr LowerReceiver(BoundExpr receiver, string selector, Run run) =>
        Atom(receiver, run, FutureProtocol.IsOwn(selector) ? Use.Value : Use.Touched);

    /// <summary><c>x foo await</c> ⇒ <c>bt_send:call(X, foo)</c>: one round trip, no future.</summary>
    private CoreExpr LowerAwait(BoundSend send, Run run)
    {
        CoreExpr value = Lower(send.Receiver, run, Use.Touched);
        bool awaited = value is CCall { Module: CAtom { Value.Text: "bt_send" }, Function: CAtom { Value.Text: "call" } };
        return awaited ? value : CallAt(At(send.Span), "bt_op", "touch", run.Atom(value));
    }

    private CoreExpr SendTo(
        BoundExpr receiver, CoreExpr value, string selector, ImmutableArray<CoreExpr> arguments,
        CoreLocation location, Use use) => receiver switch
        {
            BoundVariable { Variable.Role: VariableRole.Self } => SelfSend(value, selector, arguments, location),
            BoundClass { Class: var signature } =>
                CallAt(location, signature.Facade, $"class {selector}", [value, .. arguments]),
            _ when IsBlockValue(selector, arguments.Length) => BlockCall(value, selector, arguments, location, use),
            _ => Message(VerbFor(use), value, selector, arguments, location),
        };

    private static string VerbFor(Use use) => use switch
    {
        Use.Effect => "cast",
        Use.Touched => "call",
        _ => "send",
    };

    /// <summary><c>bt_send:verb(R, Sel, A…)</c>, with a list where there are many arguments.</summary>
    private static CoreExpr Message(
        string verb, CoreExpr receiver, string selector, ImmutableArray<CoreExpr> arguments, CoreLocation location) =>
        arguments.Length <= FlatArguments
            ? CallAt(location, "bt_send", verb, [receiver, Symbol(selector), .. arguments])
            : CallAt(location, "bt_send", $"{verb}_list", receiver, Symbol(selector), List(arguments));

    private static bool IsBlockValue(string selector, int count) => selector switch
    {
        "value" => true,
        "value:" or "value:value:" or "value:value:value:" or "value:value:value:value:" => count > 0,
        _ => false,
    };

    /// <summary>
    /// <c>b value: x</c> ⇒ a direct call if <c>b</c> is a fun of that arity, else the message. A literal is no fun, and
    /// the Erlang compiler does not take a call of one.
    /// </summary>
    private static CoreExpr BlockCall(
        CoreExpr block, string selector, ImmutableArray<CoreExpr> arguments, CoreLocation location, Use use)
    {
        CoreExpr message = Message(VerbFor(use), block, selector, arguments, location);
        return block is CVar
            ? If(Erlang("is_function", block, Int(arguments.Length)), new CApply(block, arguments, location), message)
            : message;
    }

    /// <summary>
    /// <c>self foo</c> in class C ⇒ C's own entry if self is an instance of just C, else through self's class.
    /// </summary>
    private CoreExpr SelfSend(CoreExpr self, string selector, ImmutableArray<CoreExpr> arguments, CoreLocation location)
    {
        ClassSignature own = _module.Class;
        if (_isClassSide)
        {
            CoreExpr dynamic = ClassSend(self, selector, arguments, location);
            CoreExpr direct = CallAt(location, own.Facade, $"class {selector}", [self, .. arguments]);
            return Guess(self, Symbol("module"), Symbol(own.Facade), direct, dynamic);
        }

        CoreExpr entry = CallAt(location, own.Facade, selector, [self, .. arguments]);
        CoreExpr general = Message("self_send", self, selector, arguments, location);
        return own.Kind switch
        {
            ClassKind.Primitive => entry,
            ClassKind.Actor when own.IsAbstract || _inBlock => general,
            ClassKind.Actor => Case(Erlang("get", Symbol("$bt_class")),
                Clause(Literal(Symbol(own.Facade)), entry), Clause(Ignored, general)),
            _ when own.IsAbstract || IsRoot(own) => general,
            _ => Guess(self, Symbol(CoreValues.ClassKey), Symbol(own.Facade), entry, general),
        };
    }

    /// <summary>Instances of the roots are mostly of other representations: a guess would mostly fail.</summary>
    private static bool IsRoot(ClassSignature own) =>
        own.Package == ClassTable.StandardPackage && own.Kind == ClassKind.Object;

    private static CoreExpr Guess(CoreExpr self, CoreExpr key, CoreExpr expected, CoreExpr hit, CoreExpr miss) => Case(
        self, Clause(new PMap([(key, Literal(expected))]), hit), Clause(Ignored, miss));

    private static CoreExpr ClassSend(
        CoreExpr self, string selector, ImmutableArray<CoreExpr> arguments, CoreLocation location) =>
        arguments.Length <= FlatArguments
            ? CallAt(location, "bt_send", "class_send", [self, Symbol(selector), Symbol($"class {selector}"), .. arguments])
            : CallAt(location, "bt_send", "class_send_list",
                self, Symbol(selector), Symbol($"class {selector}"), List(arguments));

    /// <summary><c>super foo</c> ⇒ the superclass's entry; in an extension or patch, what it replaced.</summary>
    private CoreExpr SuperSend(string selector, ImmutableArray<CoreExpr> arguments, CoreLocation location, Run run)
    {
        string function = _isClassSide ? $"class {selector}" : selector;
        CoreExpr self = run.Atom(Read(_self));
        ClassSignature own = _module.Class;
        return _module.IsExtension || own.Superclass is null
            ? CallAt(location, "bt_patch", "super", Symbol(own.Facade), Symbol(function), List([self, .. arguments]))
            : CallAt(location, own.Superclass, function, [self, .. arguments]);
    }

    private CoreExpr LowerSpawn(BoundSpawn spawn, Run run)
    {
        CoreExpr receiver = Atom(spawn.Receiver, run, Use.Touched);
        ImmutableArray<CoreExpr> arguments = Atoms(spawn.Arguments, run);
        CoreExpr keywords = List([.. spawn.Keywords.Select(Symbol)]);
        string selector = string.Concat(spawn.Keywords.Select(keyword => $"{keyword}:"));
        return CallAt(At(spawn.Span), "bt_send", "spawn", receiver, Symbol(selector), keywords, List(arguments));
    }

    private CoreExpr LowerCast(BoundCast cast, Run run)
    {
        run.Effect(LowerSend(cast.Send, run, Use.Effect));
        return Nil;
    }

    private CoreExpr LowerCascade(BoundCascade cascade, Run run, Use use)
    {
        CoreExpr receiver = LowerReceiver(cascade.Receiver, cascade.Messages[0].Selector, run);
        CoreExpr value = Nil;
        for (int i = 0; i < cascade.Messages.Length; i++)
        {
            Use own = i == cascade.Messages.Length - 1 ? use : Use.Effect;
            value = CascadePart(cascade, receiver, cascade.Messages[i], run, own);
            if (own == Use.Effect)
            {
                run.Effect(value);
                value = Nil;
            }

            if (cascade.Target is not null && i < cascade.Messages.Length - 1)
            {
                receiver = run.Atom(Lower(cascade.Target, run, Use.Touched));
            }
        }

        return value;
    }

    private CoreExpr CascadePart(BoundCascade cascade, CoreExpr receiver, BoundMessage message, Run run, Use use)
    {
        ImmutableArray<CoreExpr> arguments = Atoms(message.Arguments, run);
        CoreLocation location = At(message.Span);
        if (message.IsUpdating)
        {
            CoreExpr answer = UpdateTarget(
                cascade.Target!, receiver, message.Selector, arguments, location, run, use);
            return use == Use.Effect ? answer : run.Atom(answer);
        }

        CoreExpr value = cascade.IsSuper
            ? SuperSend(message.Selector, arguments, location, run)
            : Operators.IsOperator(message.Selector)
                ? CallAt(location, "bt_op", message.Selector, [receiver, .. arguments])
                : SendTo(cascade.Receiver, receiver, message.Selector, arguments, location, use);
        return cascade.Target is null || use == Use.Effect ? value : run.Atom(value);
    }
}
