using Beamtalk.Cli.Tests.Commands;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Attaching;

/// <summary>Somebody attaches to a busy system that iex has started, works there, and leaves.</summary>
[TestFixture]
public sealed class ElixirTests
{
    private const string System = """
        defmodule Busy do
          use GenServer
          def init(n), do: {:ok, n}
          def handle_call(:hit, _from, n), do: {:reply, n, n + 1}
          def client, do: (GenServer.call(Busy, :hit); Process.sleep(1); client())
        end
        defmodule Probe do
          def snap, do: {Process.list(), :ets.all(), :code.get_path(), inputs()}
          def inputs, do: for({m, _} <- :code.all_loaded(), String.starts_with?(to_string(m), "bt.repl"), do: m)
          def left({p, t, path, _}) do
            {p2, t2, path2, i2} = snap()
            IO.inspect({:left, p2 -- p, t2 -- t, path2 -- path, i2, path == path2}, width: :infinity)
          end
        end
        """;

    [Test]
    public async Task Nothing_is_left_behind()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("till.bt", "Actor subclass: Till\n  state: coins = 3\n  coins => self.coins\n");
        string classes = Path.Combine(directory.Path, "out");
        (await Launcher.RunAsync(directory.Path, "build", "till.bt", "-o", classes)).ExitCode.ShouldBe(0);
        await using RunningSystem iex = RunningSystem.Elixir("iex", [.. RunningSystem.BeamtalkPath, classes]);
        await iex.AskAsync($"Code.eval_file(\"{directory.Write("system.exs", System)}\"); :code_is_there", ":code_is_there\r?\n");
        await iex.AskAsync("{:ok, _} = Application.ensure_all_started(:beamtalk_runtime)", @"\{:ok, \[.*:beamtalk_runtime\]\}");
        await iex.AskAsync(
            "{:ok, busy} = GenServer.start_link(Busy, 0, name: Busy); for _ <- 1..3, do: spawn(&Busy.client/0); :bt_actor.spawn(:\"bt.app.Till\"); :works",
            ":works\r?\n");
        await iex.AskAsync("before = Probe.snap(); :taken", ":taken\r?\n");

        RunResult result = await Launcher.RunInAsync(
            new Dictionary<string, string?> { ["BEAMTALK_COOKIE"] = iex.Cookie },
            """
            busy := Erlang erlang whereis: #'Elixir.Busy'
            busy inspect class
            till := Till instances first
            till coins
            Till compile: "coins => self.coins * 100"
            till coins
            Trace on: till
            till coins
            (Elixir Enum sum: #(1, 2)) + 1
            t := Ets new: #mine
            [:x | x + 1] value: 1
            """ + "\n",
            Repository.Root, "attach", iex.Node);
        result.Output.ShouldContain("ProcessInfo\n");
        result.Output.ShouldMatch(@"\n3\n#coins\n300\n");
        result.Output.ShouldContain("\n300\n");

        // The modules of the inputs go when the runtime has a quiet moment.
        string left = "";
        for (int attempt = 0; attempt < 300 && left != "{:left, [], [], [], [], true}"; attempt++)
        {
            await Task.Delay(100);
            left = (await iex.AskAsync("Probe.left(before); :asked", @"\{:left, .*\}")).Value;
        }

        left.ShouldBe("{:left, [], [], [], [], true}");
        await iex.AskAsync(":bt_actor.call(:bt_actor.spawn(:\"bt.app.Till\"), :coins, [])", "300");
    }
}
