namespace Beamtalk.Compiler.Backend;

/// <summary>A module as <c>bt_compile</c> takes it.</summary>
public static class UnitTerm
{
    public static ErlangTerm Of(CompiledModule module) => ErlangTerm.Tuple(
        ErlangTerm.AtomOrNil(module.Facade),
        ErlangTerm.Atom(module.Generation),
        ErlangTerm.AtomOrNil(module.Superclass),
        ErlangTerm.Boolean(module.IsActor),
        ErlangTerm.List(module.Inherited.Select(Of)),
        ErlangTerm.Text(module.CoreText));

    private static ErlangTerm Of(InheritedFunction function) =>
        ErlangTerm.Tuple(ErlangTerm.Atom(function.Function), ErlangTerm.Integer(function.Arity));
}
