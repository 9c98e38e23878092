using System.Diagnostics;
using System.Text;

namespace Beamtalk.Compiler.Tests;

/// <summary>
/// One Erlang node for all tests of the assembly. It evaluates an expression a line, both ways in Base64, so that any
/// Unicode survives whatever the locale.
/// </summary>
public sealed class ErlangNode : IDisposable
{
    private const string Server = """
        Loop = fun(Self) ->
            case io:get_line("") of
                eof -> halt();
                Line ->
                    Text = unicode:characters_to_list(base64:decode(string:trim(Line))),
                    Answer =
                        try
                            {ok, Tokens, _} = erl_scan:string(Text),
                            {ok, Forms} = erl_parse:parse_exprs(Tokens),
                            {value, Value, _} = erl_eval:exprs(Forms, []),
                            {ok, Value}
                        catch Class:Reason -> {Class, Reason}
                        end,
                    Reply = unicode:characters_to_binary(io_lib:format("~0tp", [Answer])),
                    io:put_chars([base64:encode(Reply), $\n]),
                    Self(Self)
            end
        end,
        Loop(Loop).
        """;

    private static readonly Lazy<ErlangNode> Shared = new(() => new ErlangNode());

    private readonly Process process;
    private readonly Lock turn = new();

    private ErlangNode()
    {
        var start = new ProcessStartInfo("erl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "-noshell", "+sbwt", "none", "-boot", "start_clean", "-eval", Server },
        };
        process = Process.Start(start) ?? throw new InvalidOperationException("erl does not start");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public static ErlangNode Instance => Shared.Value;

    /// <summary>The value as <c>~0tp</c> prints it: <c>{ok,Value}</c> or <c>{Class,Reason}</c>.</summary>
    public string Evaluate(string expressions)
    {
        lock (turn)
        {
            process.StandardInput.WriteLine(Convert.ToBase64String(Encoding.UTF8.GetBytes(expressions)));
            process.StandardInput.Flush();
            var reply = process.StandardOutput.ReadLine()
                ?? throw new InvalidOperationException("the Erlang node has died");
            return Encoding.UTF8.GetString(Convert.FromBase64String(reply));
        }
    }

    /// <summary>Compiles Core Erlang with OTP's own lint, loads it; answers <c>{ok,Warnings}</c> or what went wrong.</summary>
    public string Load(string coreText) => Evaluate($$"""
        {ok, Tokens, _} = core_scan:string(binary_to_list(base64:decode("{{Base64(coreText)}}"))),
        {ok, Core} = core_parse:parse(Tokens),
        {ok, Name, Beam, Warnings} = compile:forms(Core, [from_core, clint, binary, return]),
        {module, Name} = code:load_binary(Name, "memory", Beam),
        Warnings.
        """);

    /// <summary>An Erlang expression for a binary with the text's UTF-8 bytes.</summary>
    public static string BinaryOf(string text) => $"base64:decode(\"{Base64(text)}\")";

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
