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
        output.Append("let <").Append(timeout).Append("> =");
        WriteAfterSpace(receive.Timeout);
        NewLine();
        output.Append("in ( letrec");
        depth++;
        NewLine();
        output.AppendFunctionName(loop).Append(" =");
        depth++;
        NewLine();
        output.Append("fun () ->");
        depth++;
        WritePeek(receive, loop, timeout);
        depth -= 3;
        NewLine();
        output.Append("in apply ").AppendFunctionName(loop).Append("() -| ['letrec_goto','no_inline'] )");
    }

    private void WritePeek(CReceive receive, FunctionName loop, string timeout)
    {
        var (found, message) = (NextHelper("Found"), NextHelper("Message"));
        Line($"let <{found},{message}> = primop 'recv_peek_message'()");
        Line($"in case {found} of");
        depth++;
        Line("<'true'> when 'true' ->");
        depth++;
        WriteSelection(receive, loop, message);
        depth--;
        Line("<'false'> when 'true' ->");
        depth++;
        WriteWait(receive, loop, timeout);
        depth -= 2;
        Line("end");
    }

    private void WriteSelection(CReceive receive, FunctionName loop, string message)
    {
        Line($"case {message} of");
        foreach (var clause in receive.Clauses)
        {
            WriteClause(clause, () =>
            {
                output.Append("do primop 'remove_message'()");
                NewLine();
                Write(clause.Body);
            });
        }

        depth++;
        Line($"<{NextHelper("Other")}> when 'true' -> do primop 'recv_next'() apply ");
        output.AppendFunctionName(loop).Append("()");
        depth--;
        Line("end");
    }

    private void WriteWait(CReceive receive, FunctionName loop, string timeout)
    {
        var expired = NextHelper("Expired");
        Line($"let <{expired}> = primop 'recv_wait_timeout'({timeout})");
        Line($"in case {expired} of");
        depth++;
        Line("<'true'> when 'true' ->");
        WriteIndented(receive.TimeoutBody);
        Line("<'false'> when 'true' -> apply ");
        output.AppendFunctionName(loop).Append("()");
        depth--;
        Line("end");
    }

    private void Line(string text)
    {
        NewLine();
        output.Append(text);
    }
}
