using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// <c>'$shape'/0</c> of an actor class (docs/abi.md): a number that is another one when a variable of the class or a
/// superclass is declared in another way, or when its <c>migrate:</c> changes. It tells running actors of a class that
/// was loaded again whether their variables have to be converted.
/// </summary>
public static class ShapeAssembler
{
    private const int Bits = 50;
    private const int Factor = 31;

    public static CoreFunction Function(BoundClassDeclaration bound, ClassTable classes)
    {
        ClassSignature? superclass = classes.SuperclassOf(bound.Class.Signature);
        CoreExpr own = Int(ShapeOf(bound));
        CoreExpr body = superclass is { Kind: ClassKind.Actor } ? Mixed(superclass.Facade, own) : own;
        return new CoreFunction(new FunctionName("$shape", 0), new CFun([], body), true, null);
    }

    /// <summary><c>(Super:'$shape'() * 31 + Own) band Mask</c>: stays a small integer all the way.</summary>
    private static CoreExpr Mixed(string superclass, CoreExpr own)
    {
        CoreExpr inherited = Erlang("*", Call(superclass, "$shape"), Int(Factor));
        return Erlang("band", Erlang("+", inherited, own), Int((1L << Bits) - 1));
    }

    private static long ShapeOf(BoundClassDeclaration bound)
    {
        SourceText source = bound.Class.Source.Text;
        IEnumerable<string> variables = bound.Initializers
            .Where(initializer => initializer.Variable.Kind != VariableKind.ClassState)
            .Select(initializer => TextOf(initializer.Variable, source));
        IEnumerable<string> migrations = bound.Methods
            .Where(member => member.Function == "class migrate:")
            .Select(member => member.Source ?? "");
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\0', [.. variables, .. migrations]));
        return BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(text)) & ((1L << Bits) - 1);
    }

    private static string TextOf(VariableDeclaration variable, SourceText source)
    {
        string type = variable.Type is null ? "" : source.Slice(variable.Type.Span);
        string value = variable.Initializer is null ? "" : source.Slice(variable.Initializer.Span);
        return $"{variable.Name.Name} :: {type} = {value}";
    }
}
