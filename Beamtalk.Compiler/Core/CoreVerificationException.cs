namespace Beamtalk.Compiler.Core;

/// <summary>A mistake of the compiler itself: Core that must not reach OTP.</summary>
public sealed class CoreVerificationException(Atom module, FunctionName? function, string problem)
    : InvalidOperationException(
        function is { } name ? $"{module.Text}: {name.Name}/{name.Arity}: {problem}" : $"{module.Text}: {problem}")
{
    public Atom Module { get; } = module;

    public FunctionName? Function { get; } = function;

    public string Problem { get; } = problem;
}
