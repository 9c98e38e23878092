using System.Collections.Frozen;

namespace Beamtalk.Compiler.Core;

/// <summary>
/// How many values an expression has. Where two are wanted and a branch has one, OTP takes an atom of its own for the
/// second without a word.
/// </summary>
public sealed partial class CoreVerifier
{
    private static readonly FrozenSet<string> NeverReturning = FrozenSet.ToFrozenSet(
    [
        "erlang:error", "erlang:exit", "erlang:throw", "erlang:raise", "bt_nlr:return", "bt_error:match_error",
        "bt_error:no_clause", "bt_error:undefined_class", "bt_error:raise",
    ]);

    private void RequireValues(CoreExpr result, int wanted)
    {
        var actual = result is CValues values ? values.Elements.Length : 1;
        if (actual != wanted && !DoesNotReturn(result))
        {
            throw Problem($"{Describe(result)}: values: {actual}, wanted: {wanted}");
        }
    }

    private static bool DoesNotReturn(CoreExpr expression) => expression switch
    {
        CPrimop { Name.Text: "match_fail" or "raw_raise" } => true,
        CCall { Module: CAtom module, Function: CAtom function } =>
            NeverReturning.Contains($"{module.Value.Text}:{function.Value.Text}"),
        _ => false,
    };
}
