using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Core;

/// <summary>
/// Writes Core as the text that OTP's <c>from_core</c> reads. Runs of bindings, effects and list elements are loops; any
/// other nesting may be as deep as it likes, see <see cref="DeepStack"/>. docs/core-erlang.md says why the less obvious
/// forms are written as they are.
/// </summary>
public sealed partial class CoreWriter(string file)
{
    private const int MaximalIndentation = 40;

    private readonly StringBuilder _output = new();
    private readonly string _locationEnd = LocationEnd(file);
    private int _depth;
    private int _helperNumber;
    private bool _literalTexts;

    /// <summary>The definition of a function, as it stands in a module.</summary>
    public static string WriteFunction(CoreFunction function, string file)
    {
        var writer = new CoreWriter(file);
        writer._output.AppendFunctionName(function.Name).Append(" =");
        writer._depth++;
        writer.NewLine();
        writer.Annotated(function.Location, () => writer.WriteFun(function.Function));
        return writer._output.ToString();
    }

    /// <summary>One expression without its surroundings: an attribute's value, a literal.</summary>
    public static string WriteExpression(CoreExpr expression, string file)
    {
        var writer = new CoreWriter(file);
        writer.Write(expression);
        return writer._output.ToString();
    }

    private void Write(CoreExpr expression) =>
        DeepStack.Run(
            (writer: this, expression),
            static state =>
            {
                state.writer.WriteHere(state.expression);
                return true;
            });

    private void WriteHere(CoreExpr expression)
    {
        switch (expression)
        {
            case CAtom atom:
                _output.AppendAtom(atom.Value.Text);
                break;
            case CInt integer:
                _output.AppendInteger(integer.Value);
                break;
            case CFloat number:
                _output.AppendFloat(number.Value);
                break;
            case CString text:
                WriteText(text);
                break;
            case CVar variable:
                WriteVariable(variable.Variable);
                break;
            case CNil:
                _output.Append("[]");
                break;
            case CCons cons:
                WriteList(cons);
                break;
            case CTuple tuple:
                WriteAll('{', tuple.Elements, '}');
                break;
            case CMap { Base: null } map:
                WriteEntries(map.Entries, null);
                break;
            default:
                WriteCompound(expression);
                break;
        }
    }

    private void WriteCompound(CoreExpr expression)
    {
        switch (expression)
        {
            case CMap map:
                WriteMapUpdate(map);
                break;
            case CValues values:
                WriteValues(values.Elements);
                break;
            case CLet or CLetValues or CSeq:
                WriteRun(expression);
                break;
            case CCall or CApplyLocal or CApply or CPrimop:
                WriteApplication(expression);
                break;
            case CFun fun:
                WriteFun(fun);
                break;
            case CLetrec letrec:
                WriteLetrec(letrec);
                break;
            case CCase choice:
                WriteCase(choice);
                break;
            case CTry attempt:
                WriteTry(attempt);
                break;
            case HelperVariable helper:
                _output.Append(helper.Name);
                break;
            case CProtected { Guard: var guard }:
                WriteProtected(guard);
                break;
            case CReceive receive:
                WriteReceive(receive);
                break;
            default:
                throw new InvalidOperationException($"no Core Erlang for {expression.GetType().Name}");
        }
    }

    /// <summary>Bindings and effects that follow each other, however the records nest: one line each.</summary>
    private void WriteRun(CoreExpr expression)
    {
        while (true)
        {
            switch (expression)
            {
                case CLet let:
                    foreach (var (variable, value) in let.Bindings)
                    {
                        _output.Append("let <");
                        WriteVariable(variable);
                        _output.Append("> =");
                        WriteAfterSpace(value);
                        NewLine();
                        _output.Append("in ");
                    }

                    expression = let.Body;
                    break;
                case CLetValues let:
                    _output.Append("let ");
                    WriteVariables('<', let.Variables, '>');
                    _output.Append(" =");
                    WriteAfterSpace(let.Value);
                    NewLine();
                    _output.Append("in ");
                    expression = let.Body;
                    break;
                case CSeq sequence:
                    foreach (var effect in sequence.Effects)
                    {
                        _output.Append("do");
                        WriteAfterSpace(effect);
                        NewLine();
                    }

                    expression = sequence.Result;
                    break;
                default:
                    Write(expression);
                    return;
            }
        }
    }

    private void WriteApplication(CoreExpr expression)
    {
        switch (expression)
        {
            case CCall call:
                Annotated(call.Location, () =>
                {
                    _output.Append("call ");
                    Write(call.Module);
                    _output.Append(':');
                    Write(call.Function);
                    WriteAll('(', call.Arguments, ')');
                });
                break;
            case CApplyLocal apply:
                Annotated(apply.Location, () =>
                {
                    _output.Append("apply ").AppendFunctionName(apply.Function);
                    WriteAll('(', apply.Arguments, ')');
                });
                break;
            case CApply apply:
                Annotated(apply.Location, () =>
                {
                    _output.Append("apply ");
                    Write(apply.Function);
                    WriteAll('(', apply.Arguments, ')');
                });
                break;
            case CPrimop primop:
                _output.Append("primop ").AppendAtom(primop.Name.Text);
                WriteAll('(', primop.Arguments, ')');
                break;
        }
    }

    private void WriteFun(CFun fun)
    {
        _output.Append("fun ");
        WriteVariables('(', fun.Parameters, ')');
        _output.Append(" ->");
        WriteIndented(fun.Body);
    }

    private void WriteLetrec(CLetrec letrec)
    {
        _output.Append("letrec");
        foreach (var (name, function) in letrec.Functions)
        {
            _depth++;
            NewLine();
            _output.AppendFunctionName(name).Append(" =");
            WriteIndented(function);
            _depth--;
        }

        NewLine();
        _output.Append("in ");
        Write(letrec.Body);
    }

    private void WriteCase(CCase choice)
    {
        _output.Append("case ");
        WriteValues(choice.Subjects);
        _output.Append(" of");
        foreach (var clause in choice.Clauses)
        {
            WriteClause(clause, () => Write(clause.Body));
        }

        NewLine();
        _output.Append("end");
    }

    private void WriteClause(CClause clause, Action writeBody)
    {
        _depth++;
        NewLine();
        bool around = _literalTexts;
        _literalTexts = true;
        WritePatterns(clause.Patterns);
        _output.Append(" when ");
        Write(clause.Guard ?? CoreFactory.True);
        _literalTexts = around;
        _output.Append(" ->");
        _depth++;
        NewLine();
        writeBody();
        _depth -= 2;
    }

    /// <summary>
    /// The stack trace that a handler sees must be built from the raw one; OTP drops that again where nobody uses it.
    /// </summary>
    private void WriteTry(CTry attempt)
    {
        var raw = NextHelper("Raw");
        _output.Append("try");
        WriteIndented(attempt.Body);
        NewLine();
        _output.Append("of <");
        WriteVariable(attempt.Value);
        _output.Append("> ->");
        WriteIndented(attempt.Result);
        NewLine();
        _output.Append("catch <");
        WriteVariable(attempt.Class);
        _output.Append(',');
        WriteVariable(attempt.Reason);
        _output.Append(',').Append(raw).Append("> ->");
        _depth++;
        NewLine();
        _output.Append("let <");
        WriteVariable(attempt.Stack);
        _output.Append("> = primop 'build_stacktrace'(").Append(raw).Append(')');
        NewLine();
        _output.Append("in ");
        Write(attempt.Handler);
        _depth--;
    }

    private void WriteValues(ImmutableArray<CoreExpr> values)
    {
        if (values.Length == 1)
        {
            Write(values[0]);
        }
        else
        {
            WriteAll('<', values, '>');
        }
    }

    private void WriteVariables(char open, ImmutableArray<CoreVar> variables, char close)
    {
        _output.Append(open);
        for (var i = 0; i < variables.Length; i++)
        {
            _output.Append(i == 0 ? "" : ",");
            WriteVariable(variables[i]);
        }

        _output.Append(close);
    }

    private void WriteAll(char open, ImmutableArray<CoreExpr> expressions, char close)
    {
        _output.Append(open);
        for (var i = 0; i < expressions.Length; i++)
        {
            if (i > 0)
            {
                _output.Append(',');
            }

            WriteNested(expressions[i]);
        }

        _output.Append(close);
    }

    /// <summary>Binders that nobody reads share the number -1, and get a name of their own each.</summary>
    private void WriteVariable(CoreVar variable)
    {
        if (variable.Number < 0)
        {
            _output.Append(NextHelper(""));
        }
        else
        {
            _output.AppendVariable(variable);
        }
    }

    private string NextHelper(string prefix) => $"{prefix}_{_helperNumber++}";

    private void Annotated(CoreLocation? location, Action write)
    {
        if (location is not { } here)
        {
            write();
            return;
        }

        _output.Append("( ");
        write();
        _output.Append(" -| [").Append(here.Line).Append(_locationEnd);
    }

    private static string LocationEnd(string file) =>
        new StringBuilder(",{'file',").AppendCodePointList(file).Append("}] )").ToString();

    private void WriteAfterSpace(CoreExpr expression)
    {
        if (!IsBlock(expression))
        {
            _output.Append(' ');
        }

        WriteNested(expression);
    }

    private void WriteNested(CoreExpr expression)
    {
        if (IsBlock(expression))
        {
            WriteIndented(expression);
        }
        else
        {
            Write(expression);
        }
    }

    private void WriteIndented(CoreExpr expression)
    {
        _depth++;
        NewLine();
        Write(expression);
        _depth--;
    }

    private static bool IsBlock(CoreExpr expression) =>
        expression is CLet or CLetValues or CSeq or CFun or CLetrec or CCase or CTry or CReceive or CMap { Base: not null };

    private void NewLine() => _output.Append('\n').Append(' ', Math.Min(2 * _depth, MaximalIndentation));
}
