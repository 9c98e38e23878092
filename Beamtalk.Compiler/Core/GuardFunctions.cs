using System.Collections.Frozen;

namespace Beamtalk.Compiler.Core;

/// <summary>The functions of <c>erlang</c> that a guard may call.</summary>
internal static class GuardFunctions
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        "is_atom/1", "is_binary/1", "is_bitstring/1", "is_boolean/1", "is_float/1", "is_function/1", "is_function/2",
        "is_integer/1", "is_list/1", "is_map/1", "is_map_key/2", "is_number/1", "is_pid/1", "is_port/1",
        "is_reference/1", "is_tuple/1",
        "</2", ">/2", "=</2", ">=/2", "==/2", "/=/2", "=:=/2", "=/=/2",
        "and/2", "or/2", "xor/2", "not/1",
        "+/1", "-/1", "+/2", "-/2", "*/2", "//2", "div/2", "rem/2",
        "band/2", "bor/2", "bxor/2", "bnot/1", "bsl/2", "bsr/2",
        "abs/1", "ceil/1", "floor/1", "round/1", "trunc/1", "float/1", "min/2", "max/2",
        "byte_size/1", "bit_size/1", "binary_part/2", "binary_part/3", "size/1", "tuple_size/1", "element/2",
        "hd/1", "tl/1", "length/1", "map_size/1", "map_get/2", "node/0", "node/1", "self/0",
    ]);

    public static bool Allows(string function, int arity) => Names.Contains($"{function}/{arity}");
}
