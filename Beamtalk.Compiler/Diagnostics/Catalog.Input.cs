namespace Beamtalk.Compiler.Diagnostics;

/// <summary>Findings outside the passes: BT0nnn reading files, BT9nnn the compiler's own faults.</summary>
public static partial class Catalog
{
    public static readonly DiagnosticDescriptor InvalidUtf8 =
        new("BT0001", Severity.Error, "this is not UTF-8 text (byte {0})", "save the file in the encoding UTF-8");

    public static readonly DiagnosticDescriptor InternalFault =
        new("BT9001", Severity.Error, "internal compiler error in the code of {0}: {1}",
            "this is a fault of Beamtalk, not of your program: please report it");
}
