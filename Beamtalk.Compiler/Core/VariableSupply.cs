namespace Beamtalk.Compiler.Core;

/// <summary>
/// Numbers the variables and the local functions of one Core function, from zero, so that the text of a function does not
/// depend on its neighbours.
/// </summary>
public sealed class VariableSupply
{
    private int _nextVariable;
    private int _nextFunction;

    public CoreVar Fresh(string hint) => new(_nextVariable++, hint);

    /// <summary>A name for a letrec function that no method can have.</summary>
    public string FreshFunction(string hint) => $"-{hint}-{_nextFunction++}";
}
