namespace Beamtalk.Compiler.Core;

/// <summary>
/// Guards that may fail. In a bare guard a call that fails ends the process, and so does one among the arguments of
/// another call: the Erlang compiler takes the latter out of the guard.
/// </summary>
public sealed partial class CoreWriter
{
    private void WriteProtected(CoreExpr guard)
    {
        var (test, kind, reason) = (NextHelper("Test"), NextHelper("Class"), NextHelper("Reason"));
        _output.Append("try");
        _depth++;
        NewLine();
        WriteFlat(guard);
        _depth--;
        Line($"of <{test}> -> {test}");
        Line($"catch <{kind},{reason}> -> 'false'");
    }

    private void WriteFlat(CoreExpr guard)
    {
        switch (guard)
        {
            case CCall call:
                Write(call with { Arguments = [.. call.Arguments.Select(Named)] });
                break;
            case CCase { Subjects: [var condition] } choice:
                WriteFlat(choice, Named(condition));
                break;
            default:
                Write(guard);
                break;
        }
    }

    private void WriteFlat(CCase choice, CoreExpr condition)
    {
        _output.Append("case ");
        Write(condition);
        _output.Append(" of");
        foreach (var clause in choice.Clauses)
        {
            WriteClause(clause, () => WriteFlat(clause.Body));
        }

        NewLine();
        _output.Append("end");
    }

    /// <summary>Binds what is not simple to a variable of the guard.</summary>
    private CoreExpr Named(CoreExpr part)
    {
        if (part is not (CCall or CCase))
        {
            return part;
        }

        var name = NextHelper("Part");
        _output.Append("let <").Append(name).Append("> =");
        _depth++;
        NewLine();
        WriteFlat(part);
        _depth--;
        NewLine();
        _output.Append("in ");
        return new HelperVariable(name);
    }

    /// <summary>A variable that only the writer knows.</summary>
    private sealed record HelperVariable(string Name) : CoreExpr;
}
