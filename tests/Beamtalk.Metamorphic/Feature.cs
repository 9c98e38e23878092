namespace Beamtalk.Metamorphic;

/// <summary>What a fragment is made of, as far as it may meet something else in a way that a compiler gets wrong.</summary>
[Flags]
internal enum Feature
{
    None = 0,

    /// <summary>A block that is not compiled in line: stored, passed on, called later.</summary>
    Block = 1,

    /// <summary><c>^</c> in a block.</summary>
    NonLocalReturn = 2,

    Exception = 4,

    UpdatingMessage = 8,

    Pattern = 16,

    Future = 32,

    /// <summary>A class-side method that is passed a block.</summary>
    ClassSide = 64,

    /// <summary>A loop or condition with literal blocks.</summary>
    ControlFlow = 128,

    /// <summary><c>Process receive:</c>.</summary>
    Receive = 256,
}
