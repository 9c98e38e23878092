using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler;

/// <summary>The passes, in order.</summary>
public static class Compilation
{
    /// <summary>Compiles the sources to Core Erlang modules. Does no input or output.</summary>
    public static CompilationResult Compile(CompilationInput input) =>
        throw new NotImplementedException("the lowering is being written");

    /// <summary>Compiles one REPL input; <paramref name="variables"/> are the names that the session has bound.</summary>
    public static CompilationResult CompileReplInput(
        CompilationInput input, int number, IReadOnlyCollection<string> variables) =>
        throw new NotImplementedException("the lowering is being written");
}
