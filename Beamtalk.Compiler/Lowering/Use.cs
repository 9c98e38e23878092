namespace Beamtalk.Compiler.Lowering;

/// <summary>What becomes of an expression's value; decides how a send is made.</summary>
public enum Use
{
    /// <summary>Nothing: no reply is wanted, no future made.</summary>
    Effect,

    /// <summary>It is kept or passed on: a send to an actor answers a future.</summary>
    Value,

    /// <summary>Whoever uses it waits for it at once: a send to an actor may wait itself.</summary>
    Touched,

    /// <summary>As <see cref="Value"/>, and the function's result: no variable is needed any more.</summary>
    Tail,
}
