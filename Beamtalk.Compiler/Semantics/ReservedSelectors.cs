namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// Unary selectors that no instance method can have: the module has a function of that name and one argument for Erlang.
/// </summary>
internal static class ReservedSelectors
{
    public static bool Contains(string selector, ClassKind kind) => selector switch
    {
        "module_info" => true,
        "start_link" => kind == ClassKind.Actor,
        "main" => kind == ClassKind.Script,
        _ => false,
    };
}
