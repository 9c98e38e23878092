using System.Collections.Immutable;

namespace Beamtalk.Compiler.Semantics;

/// <summary>A receiver whose class is known: an instance of it, or the class itself.</summary>
public readonly record struct TypedReceiver(ClassSignature Class, bool IsClassSide)
{
    public override string ToString() => IsClassSide ? $"{Class.Name} class" : Class.Name;
}

/// <summary>The class of an expression's value, where literals and annotations tell; else null.</summary>
public sealed class TypeInference(ClassTable classes, ImmutableDictionary<string, ClassSignature> variables)
{
    private readonly Dictionary<Variable, ClassSignature> _declared = new(ReferenceEqualityComparer.Instance);

    public void Declare(Variable variable, ClassSignature type) => _declared[variable] = type;

    public ClassSignature? DeclaredType(BoundState state) => variables.GetValueOrDefault(state.Name);

    public TypedReceiver? ReceiverOf(BoundExpr receiver) => receiver switch
    {
        BoundClass { Class: var signature } => new TypedReceiver(signature, true),
        _ when TypeOf(receiver) is { Kind: not ClassKind.Actor } type => new TypedReceiver(type, false),
        _ => null,
    };

    /// <summary>
    /// An actor just spawned. What else may hold an actor may as well hold one of a subclass, and what it answers is a
    /// future.
    /// </summary>
    public static TypedReceiver? SpawnedReceiver(BoundExpr receiver) => receiver switch
    {
        BoundSend { Selector: "spawn", Receiver: BoundClass { Class: { Kind: ClassKind.Actor } spawned } }
            when !spawned.Methods.Any(method => method is { IsClassSide: true, Selector: "spawn" }) =>
            new TypedReceiver(spawned, false),
        _ => null,
    };

    public ClassSignature? TypeOf(BoundExpr expression) => expression switch
    {
        BoundInteger => Library("Integer"),
        BoundFloat => Library("Float"),
        BoundString or BoundInterpolation => Library("String"),
        BoundCharacter => Library("Character"),
        BoundAtom atom => Library(ClassOfAtom(atom.Value)),
        BoundBlock => Library("Block"),
        BoundDictionary => Library("Dictionary"),
        BoundCollection collection => Library(collection.Kind.ToString()),
        BoundVariable { Variable: var variable } => Assigned(variable),
        BoundState state => DeclaredType(state),
        BoundOperator op => OfOperator(op),
        BoundSend send => OfSend(send),
        _ => null,
    };

    /// <summary>The method that an ordinary lookup finds, if a class known here defines it.</summary>
    public MethodSignature? Method(TypedReceiver receiver, string selector) =>
        Methods(receiver).FirstOrDefault(method => method.Selector == selector);

    /// <summary>
    /// Whether a message may be understood: by a method of its classes, by an extension anywhere, by a constructor
    /// with field names, or because the class handles unknown messages itself.
    /// </summary>
    public bool Understands(TypedReceiver receiver, string selector) =>
        Method(receiver, selector) is not null
        || classes.IsUserDefined(selector)
        || selector == "spawn"
        || (receiver.IsClassSide && selector.EndsWith(':'))
        || classes.Lineage(receiver.Class).Any(HandlesUnknown);

    public IEnumerable<string> Selectors(TypedReceiver receiver) =>
        Methods(receiver).Select(method => method.Selector).Distinct();

    /// <summary>A parameter that is assigned may hold anything afterwards.</summary>
    private ClassSignature? Assigned(Variable variable) =>
        variable.IsAssigned ? null : _declared.GetValueOrDefault(variable);

    private static bool HandlesUnknown(ClassSignature signature) =>
        signature.Name is not ("Object" or "ProtoObject")
        && signature.Methods.Any(method => method.Selector == "doesNotUnderstand:args:");

    private IEnumerable<MethodSignature> Methods(TypedReceiver receiver)
    {
        IEnumerable<MethodSignature> own = classes.Lineage(receiver.Class)
            .SelectMany(ancestor => ancestor.Methods)
            .Where(method => method.IsClassSide == receiver.IsClassSide);
        return receiver.IsClassSide && Library("Class") is { } metaclass
            ? own.Concat(Methods(new TypedReceiver(metaclass, false)))
            : own;
    }

    private ClassSignature? Library(string name) => classes[$"bt.{ClassTable.StandardPackage}.{name}"];

    private static string ClassOfAtom(string atom) => atom switch
    {
        "nil" => "UndefinedObject",
        "true" or "false" => "Boolean",
        _ => "Symbol",
    };

    private ClassSignature? OfOperator(BoundOperator op)
    {
        bool integers = TypeOf(op.Left) is { Name: "Integer" } && TypeOf(op.Right) is { Name: "Integer" };
        return op.Operator switch
        {
            "+" or "-" or "*" when integers => Library("Integer"),
            "<" or ">" or "<=" or ">=" when integers => Library("Boolean"),
            _ => null,
        };
    }

    private ClassSignature? OfSend(BoundSend send)
    {
        if (send.Receiver is BoundClass { Class: { Kind: ClassKind.Value or ClassKind.Object } made }
            && send.Selector == "new"
            && !made.Methods.Any(method => method is { IsClassSide: true, Selector: "new" })
            && made.Package != ClassTable.StandardPackage)
        {
            return made;
        }

        return ReceiverOf(send.Receiver) is { } receiver
            && Method(receiver, send.Selector) is { ReturnType: { } name }
            ? classes.Find(name)
            : null;
    }
}
