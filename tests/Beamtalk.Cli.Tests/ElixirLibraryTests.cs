using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests;

[TestFixture]
public sealed class ElixirLibraryTests
{
    [Test]
    public void The_library_stands_beside_the_command_that_a_link_names()
    {
        using var directory = new TemporaryDirectory();
        string command = directory.Write("opt/elixir/bin/elixir", "");
        string ebin = Path.Combine(directory.Path, "opt/elixir/lib/elixir/ebin");
        Directory.CreateDirectory(ebin);
        string commands = Directory.CreateDirectory(Path.Combine(directory.Path, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(commands, "elixir"), command);

        ElixirLibrary.CodePath($"/nowhere:{commands}").ShouldBe([ebin]);
    }

    [Test]
    public void Without_elixir_nothing_is_added() => ElixirLibrary.CodePath("/nowhere").ShouldBeEmpty();
}
