using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Emit;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Core;

/// <summary>Compiles Core with OTP and runs it.</summary>
internal static class CoreRunner
{
    private static int modules;

    /// <summary>The value of the expression as Erlang prints it, or <c>Class: Reason</c>.</summary>
    public static string Run(CoreExpr body) => Call(new CFun([], body), "");

    /// <summary>What the fun answers for arguments that are given in Erlang.</summary>
    public static string Call(CFun fun, string arguments)
    {
        var name = $"core_test_{Interlocked.Increment(ref modules)}";
        var function = new CoreFunction(
            new FunctionName("f", fun.Parameters.Length), fun, IsExported: true, new CoreLocation(1));
        Load(new CoreModule(new Atom(name), "t.bt", [function], []));
        return Evaluate($"'{name}':f({arguments}).");
    }

    public static void Load(CoreModule module) =>
        ErlangNode.Instance.Load(ModuleRenderer.Render(module, ModuleKind.Class)).ShouldStartWith("{ok,");

    public static string Evaluate(string expression)
    {
        var reply = ErlangNode.Instance.Evaluate(expression);
        return reply.StartsWith("{ok,", StringComparison.Ordinal) ? reply[4..^1] : reply;
    }

    public static CoreModule Module(params ImmutableArray<CoreFunction> functions) =>
        new(new Atom("m"), "t.bt", functions, []);
}
