using System.Text;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Terminal;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Diagnostics;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>Reads, evaluates and prints at a terminal.</summary>
public sealed class InteractiveRepl
{
    /// <summary>As long as printed text may be on its way.</summary>
    private const int OutputMilliseconds = 20;

    private readonly IReplHost _host;
    private readonly RoutedTerminal _terminal;
    private readonly ReplScreen _screen;
    private readonly LineEditor _editor;
    private readonly List<string> _inputs = [];
    private Task<ReplSession> _session;

    public InteractiveRepl(IReplHost host, ITerminal terminal, History history)
    {
        _host = host;
        _terminal = new RoutedTerminal(terminal);
        var language = new EditorLanguage(
            BeamtalkLanguage.StylesOf, CompleteAsync, BeamtalkLanguage.IsComplete, BeamtalkLanguage.Indentation);
        _editor = new LineEditor(_terminal, history, language);
        _screen = new ReplScreen(_terminal, _editor);
        _session = ConnectAsync();
    }

    /// <summary>Until the user ends it.</summary>
    public async Task RunAsync()
    {
        if (!_host.OwnsNode)
        {
            await _session.ConfigureAwait(false); // there is no prompt for a system that cannot be reached
        }

        _screen.WriteLine(Style.Apply(Style.Faint, _host.Greeting));
        while (await _editor.ReadAsync().ConfigureAwait(false) is { } input)
        {
            if (!string.IsNullOrWhiteSpace(input) && !await PerformAsync(input).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private Task<ReplSession> ConnectAsync() => Task.Run(async () =>
    {
        Workspace workspace = await _host.ConnectAsync(_screen.Write).ConfigureAwait(false);
        var session = new ReplSession(workspace, Show);
        _ = session.StartAsync(_host.OwnsNode);
        return session;
    });

    private async Task<Completion> CompleteAsync(string text) =>
        _session.IsCompletedSuccessfully
            ? await new ReplCompleter(await _session.ConfigureAwait(false)).CompleteAsync(text).ConfigureAwait(false)
            : Completion.None;

    /// <summary>False at the end of the session.</summary>
    private async Task<bool> PerformAsync(string input)
    {
        CommandAction action = ColonCommand.IsOne(input) ? ColonCommand.Parse(input) : new Send(input) { IsInput = true };
        switch (action)
        {
            case Quit:
                return false;
            case Tell { Text: var text }:
                await _screen.ShowAsync(text).ConfigureAwait(false);
                return true;
            case SaveInputs { Path: var path }:
                _screen.WriteLine(Save(path));
                return true;
            default:
                await EvaluateAsync((Send)action).ConfigureAwait(false);
                return true;
        }
    }

    private async Task EvaluateAsync(Send message)
    {
        try
        {
            ReplSession session = await _session.ConfigureAwait(false);
            ShowIn format = message.AsText ? ShowIn.Text : new ShowIn(_screen.Width - message.Unit.Length);
            InputOutcome outcome;
            using (_terminal.OnInterrupt(() => _ = session.InterruptAsync()))
            {
                outcome = await session.EvaluateAsync(message.Statement, format).ConfigureAwait(false);
            }

            // What is printed elsewhere comes through our own node's standard output, and its value by another way.
            await Task.Delay(_host.OwnsNode ? 0 : OutputMilliseconds).ConfigureAwait(false);
            await ShowAsync(session, message, outcome).ConfigureAwait(false);
        }
        catch (ErlangNodeException error) when (_host.OwnsNode)
        {
            _screen.WriteLine(Style.Apply(Style.Error, error.ExitCode is { } status
                ? $"The node has ended with status {status}. A new one is started; variables and classes are gone."
                : error.Message));
            _session = ConnectAsync();
        }
        catch (Exception error) when (error is not ErlangNodeException)
        {
            // A fault of ours costs one input, not the session.
            _screen.WriteLine(Style.Apply(Style.Error, $"internal error: {error.Message} (please report it)"));
        }
    }

    private async Task ShowAsync(ReplSession session, Send message, InputOutcome outcome)
    {
        _screen.EndLine();
        foreach (Diagnostic diagnostic in outcome.Diagnostics)
        {
            _screen.WriteLine(DiagnosticRenderer.Render(diagnostic, true).TrimEnd('\n'));
        }

        if (outcome is Evaluated { Result: var result })
        {
            if (message.IsInput && result is not (RaisedError or Interrupted))
            {
                _inputs.Add(message.Statement);
            }

            await ShowAsync(session, message, result).ConfigureAwait(false);
        }
    }

    private Task ShowAsync(ReplSession session, Send message, EvaluationResult result) => result switch
    {
        PrintedValue value => _screen.ShowAsync((message.AsText ? value.Text : BeamtalkLanguage.Coloured(value.Text)) + message.Unit),
        PendingValue pending => _screen.ShowAsync(
            $"{pending.Text} {Style.Apply(Style.Note, $"[{pending.Number}]: shown when it is settled")}"),
        Interrupted => _screen.ShowAsync(Style.Apply(Style.Warning, "interrupted")),
        RaisedError { Kind: "process_ended" } error => _screen.ShowAsync(Ended(error)),
        RaisedError error => _screen.ShowAsync(ErrorView.Of(error, session.Inputs)),
        _ => Task.CompletedTask,
    };

    /// <summary>Another process has taken the place of the one that ran the inputs.</summary>
    private static string Ended(RaisedError error) => error.Message.EndsWith(": interrupted", StringComparison.Ordinal)
        ? Style.Apply(Style.Warning, "interrupted") + Style.Apply(Style.Faint, " (its timers and open files are gone; the variables are as before)")
        : Style.Apply(Style.Error, error.Message) + Style.Apply(Style.Faint, " (the variables are as before)");

    private void Show(SessionEvent news)
    {
        switch (news)
        {
            case OutputEvent output:
                _screen.Write(output.Text);
                break;
            case LogEvent log:
                _screen.WriteLine(Style.Apply(Style.Warning, log.Text.TrimEnd('\n')));
                break;
            case SettledEvent settled:
                string style = settled.IsResolved ? Style.Note : Style.Error;
                string what = settled.IsResolved ? "resolved" : "rejected";
                _screen.WriteLine(Style.Apply(style, $"[{settled.Number}] {what}: ") + settled.Text);
                break;
        }
    }

    private string Save(string path)
    {
        try
        {
            File.WriteAllText(path, string.Concat(_inputs.Select(input => input.TrimEnd() + "\n\n")), new UTF8Encoding(false));
            return $"{_inputs.Count} inputs are in {path}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Style.Apply(Style.Error, error.Message);
        }
    }
}
