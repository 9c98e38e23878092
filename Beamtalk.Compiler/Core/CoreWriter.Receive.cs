namespace Beamtalk.Compiler.Core;

/// <summary>
/// OTP's later passes know no <c>receive</c>: the Erlang compiler writes a loop over primitive operations, and so do
/// we. <c>letrec_goto</c> makes the loop jumps instead of calls.
/// </summary>
public sealed partial class CoreWriter
{
    private void WriteReceive(CReceive receive)
    {
        var loop = new FunctionName(NextHelper("recv"), 0);
        var timeout = NextHelper("Timeout");
        _output.Append("let <").Append(timeout).Append("> =");
        WriteAfterSpace(receive.Timeout);
        NewLine();
        _output.Append("in ( letrec");
        _depth++;
        NewLine();
        _output.AppendFunctionName(loop).Append(" =");
        _depth++;
        NewLine();
        _output.Append("fun () ->");
        _depth++;
        WritePeek(receive, loop, timeout);
        _depth -= 3;
        NewLine();
        _output.Append("in apply ").AppendFunctionName(loop).Append("() -| ['letrec_goto','no_inline'] )");
    }

    private void WritePeek(CReceive receive, FunctionName loop, string timeout)
    {
        var (found, message) = (NextHelper("Found"), NextHelper("Message"));
        Line($"let <{found},{message}> = primop 'recv_peek_message'()");
        Line($"in case {found} of");
        _depth++;
        Line("<'true'> when 'true' ->");
        _depth++;
        WriteSelection(receive, loop, message);
        _depth--;
        Line("<'false'> when 'true' ->");
        _depth++;
        WriteWait(receive, loop, timeout);
        _depth -= 2;
        Line("end");
    }

    private void WriteSelection(CReceive receive, FunctionName loop, string message)
    {
        Line($"case {message} of");
        foreach (var clause in receive.Clauses)
        {
            WriteClause(clause, () => WriteSelected(clause.Body, loop));
        }

        _depth++;
        Line($"<{NextHelper("Other")}> when 'true' -> ");
        WriteSelected(new CSkip(), loop);
        _depth--;
        Line("end");
    }

    private void WriteSelected(CoreExpr body, FunctionName loop)
    {
        if (body is CSkip)
        {
            _output.Append("do primop 'recv_next'() apply ").AppendFunctionName(loop).Append("()");
            return;
        }

        _output.Append("do primop 'remove_message'()");
        NewLine();
        Write(body);
    }

    private void WriteWait(CReceive receive, FunctionName loop, string timeout)
    {
        var expired = NextHelper("Expired");
        Line($"let <{expired}> = primop 'recv_wait_timeout'({timeout})");
        Line($"in case {expired} of");
        _depth++;
        Line("<'true'> when 'true' ->");
        WriteIndented(receive.TimeoutBody);
        Line("<'false'> when 'true' -> apply ");
        _output.AppendFunctionName(loop).Append("()");
        _depth--;
        Line("end");
    }

    private void Line(string text)
    {
        NewLine();
        _output.Append(text);
    }
}
