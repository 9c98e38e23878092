// Targets of ./build.sh. Test counts what it runs and leaves the line "N passed, N failed" in
// _build/counts: build.sh prints it after Cake's own table.
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

var target = Argument("target", "Build");
var launcher = MakeAbsolute(File("./beamtalk")).FullPath;
var results = MakeAbsolute(Directory("./_build/results")).FullPath;
var runtimeEbin = MakeAbsolute(Directory("./_build/lib/beamtalk_runtime/ebin")).FullPath;
var stdlibEbin = MakeAbsolute(Directory("./_build/lib/beamtalk_stdlib/ebin")).FullPath;
var agentsEbin = MakeAbsolute(Directory("./_build/lib/beamtalk_agents/ebin")).FullPath;
var passed = 0;
var failed = 0;

void Count(string what, int passedHere, int failedHere)
{
    Information("{0}: {1} passed, {2} failed", what, passedHere, failedHere);
    passed += passedHere;
    failed += failedHere;
}

int Run(string program, params string[] arguments) => StartProcess(program, new ProcessSettings
{
    Arguments = ProcessArgumentBuilder.FromStrings(arguments),
});

// A test run that hangs fails after this time, and the others go on.
const string Bound = "1800";

string[] Bounded(string program, params string[] arguments) => ["--foreground", "-k", "10", Bound, program, .. arguments];

void Require(string program, params string[] arguments)
{
    var status = Run(program, arguments);
    if (status != 0)
    {
        throw new CakeException(status, $"{program} {string.Join(' ', arguments)} ended with {status}");
    }
}

// `version` makes the launcher build whatever is out of date.
Task("Build").Does(() => Require(launcher, "version"));

Task("BuildTests").IsDependentOn("Build").Does(() =>
    DotNetBuild("Beamtalk.slnx", new DotNetBuildSettings { Verbosity = DotNetVerbosity.Quiet }));

Task("TestNet").IsDependentOn("BuildTests").Does(() =>
{
    EnsureDirectoryDoesNotExist(results);
    foreach (var project in GetFiles("./tests/*/*.csproj").OrderBy(file => file.FullPath))
    {
        TestProject(project);
    }
});

void TestProject(FilePath project)
{
    var name = project.GetFilenameWithoutExtension().ToString();
    var trx = $"{results}/{name}.trx";
    Run("timeout", Bounded("dotnet", "test", project.FullPath, "--no-build", "--nologo", "--logger", $"trx;LogFileName={trx}"));
    if (!FileExists(trx))
    {
        Count(name, 0, 1);
        return;
    }

    var counters = XDocument.Load(trx).Descendants().Single(element => element.Name.LocalName == "Counters");
    int Number(string attribute) => int.Parse(counters.Attribute(attribute).Value, CultureInfo.InvariantCulture);
    Count(name, Number("passed"), Number("total") - Number("passed") - Number("notExecuted"));
}

Task("TestErlang").IsDependentOn("Build").Does(() =>
{
    var ebin = MakeAbsolute(Directory("./_build/test/ebin")).FullPath;
    var counts = $"{results}/erlang.txt";
    EnsureDirectoryDoesNotExist(ebin);
    EnsureDirectoryExists(ebin);
    EnsureDirectoryExists(results);
    var sources = GetFiles("./erlang_runtime/test/*.erl").Select(file => file.FullPath).Append("tools/erlang_tests.erl");
    if (FileExists(counts))
    {
        DeleteFile(counts);
    }

    Run("erlc", ["+debug_info", "-I", "erlang_runtime/src", "-I", "erlang_runtime/include", "-o", ebin, .. sources]);
    Run("timeout", Bounded("erl", "-noinput", "-boot", "no_dot_erlang", "-pa", runtimeEbin, "-pa", stdlibEbin, "-pa", ebin,
        "-s", "erlang_tests", "main", "-extra", ebin, counts));
    CountFile("erlang_runtime", counts);
});

Task("TestBeamtalk").IsDependentOn("Build").Does(() =>
{
    var programs = GetFiles("./examples/*.bt")
        .Where(file => System.IO.File.ReadAllText(file.FullPath).Contains("TestCase subclass:"))
        .Select(file => Context.Environment.WorkingDirectory.GetRelativePath(file).FullPath)
        .Order();
    foreach (var path in new[] { "stdlib/test", "agents/test", "examples/testing" }.Concat(programs))
    {
        TestBeamtalk(path);
    }
});

void TestBeamtalk(string path)
{
    var settings = new ProcessSettings
    {
        Arguments = ProcessArgumentBuilder.FromStrings(Bounded(launcher, "test", path, "--json")),
        RedirectStandardOutput = true,
    };
    StartProcess("timeout", settings, out var output);
    var tests = output.Select(line => JsonDocument.Parse(line).RootElement).ToList();
    var failures = tests.Where(test => test.GetProperty("status").GetString() is "failed" or "error").ToList();
    foreach (var test in failures)
    {
        Information("{0} >> {1} ({2}:{3}): {4}", test.GetProperty("class"), test.GetProperty("test"),
            test.GetProperty("file"), test.GetProperty("line"), test.GetProperty("message"));
    }

    // Silence is not success: a run that ends before its first test has failed.
    var passes = tests.Count(test => test.GetProperty("status").GetString() == "passed");
    Count(path, passes, tests.Count == 0 ? 1 : failures.Count);
}

// Beamtalk as Erlang and Elixir programs use it: EUnit modules and ExUnit scripts around the classes in
// tests/interop/src. The modules come first, for a behaviour among them is one that a class implements.
Task("TestInterop").IsDependentOn("Build").Does(() =>
{
    var root = MakeAbsolute(Directory("./_build/interop"));
    string Interop(string path) => root.Combine(path).FullPath;
    EnsureDirectoryDoesNotExist(root);
    EnsureDirectoryExists(Interop("tests/ebin"));
    Require("erlc", ["+debug_info", "-o", Interop("tests/ebin"), "tools/erlang_tests.erl",
        .. GetFiles("./tests/interop/erlang/*.erl").Select(file => file.FullPath)]);
    Environment.SetEnvironmentVariable("ERL_LIBS", root.FullPath);
    Require(launcher, "build", "tests/interop/src", "--package", "shop", "-o", Interop("shop/ebin"));
    string[] runtime = ["-pa", runtimeEbin, "-pa", stdlibEbin, "-pa", agentsEbin];
    Run("timeout", Bounded("erl", ["-noinput", "-boot", "no_dot_erlang", .. runtime, "-s", "erlang_tests", "main",
        "-extra", Interop("tests/ebin"), Interop("erlang.txt")]));
    CountFile("interop with Erlang", Interop("erlang.txt"));
    Run("timeout", Bounded("elixir", [.. runtime, "tests/interop/elixir/all.exs", Interop("elixir.txt")]));
    CountFile("interop with Elixir", Interop("elixir.txt"));
    Environment.SetEnvironmentVariable("ERL_LIBS", null);
});

// Two numbers in a file: a run that did not come to its end has failed.
void CountFile(string what, string path)
{
    var numbers = FileExists(path) ? System.IO.File.ReadAllText(path).Split() : ["0", "1"];
    Count(what, int.Parse(numbers[0]), int.Parse(numbers[1]));
}

// Projects built with rebar3 and without, and a release that is started and stopped.
Task("TestProjects").IsDependentOn("Build").Does(() =>
{
    var settings = new ProcessSettings
    {
        Arguments = ProcessArgumentBuilder.FromStrings(Bounded("tests/projects/run.sh")),
        RedirectStandardOutput = true,
        RedirectedStandardOutputHandler = line =>
        {
            // As they come: which check was the last one tells where it hangs.
            if (line is not null)
            {
                Information("{0}", line);
            }

            return line;
        },
    };
    StartProcess("timeout", settings, out var output);
    var lines = output.ToList();

    // Silence is not success: the numbers are its last line.
    var numbers = Regex.Match(lines.LastOrDefault() ?? "", @"^(\d+) passed, (\d+) failed$");
    Count("tests/projects",
        numbers.Success ? int.Parse(numbers.Groups[1].Value) : 0, numbers.Success ? int.Parse(numbers.Groups[2].Value) : 1);
});

Task("Test")
    .IsDependentOn("TestErlang")
    .IsDependentOn("TestInterop")
    .IsDependentOn("TestBeamtalk")
    .IsDependentOn("TestProjects")
    .IsDependentOn("TestNet")
    .Does(() =>
    {
        System.IO.File.WriteAllText("_build/counts", $"{passed} passed, {failed} failed\n");
        if (failed > 0)
        {
            throw new CakeException(1, "some tests failed");
        }
    });

Task("Lint").IsDependentOn("Build").Does(() =>
{
    Require("dotnet", "format", "Beamtalk.slnx", "--verify-no-changes", "--no-restore");
    var ebin = MakeAbsolute(Directory("./_build/lint")).FullPath;
    EnsureDirectoryExists(ebin);
    Require("erlc", ["+warnings_as_errors", "+warn_missing_spec", "-o", ebin,
        .. GetFiles("./erlang_runtime/src/*.erl").Select(file => file.FullPath)]);
    Require(launcher, "check", "stdlib/src", "--package", "stdlib");
    // The founding documents' programs stay as they were written.
    Require(launcher, ["fmt", "--check", "stdlib/src", "stdlib/test", "agents", "bench", "examples/testing",
        .. GetFiles("./examples/*.bt").Select(file => file.FullPath)]);
    Require("editors/test/run.sh");
    Require("tools/dialyzer.sh");
});

Task("Bench").IsDependentOn("Build").Does(() => Require("bench/run.sh"));

// `./build.sh soak --seconds=600 --seed=42` sets how long the chaos lasts, and which one it is; `--fragments=5000` how many
// fragments are compiled in all their places.
Task("Soak").IsDependentOn("Build").IsDependentOn("BuildTests").Does(() =>
{
    Require("bench/soak.sh");
    var batches = Argument("fragments", 2000) / 10;
    Require("env", $"METAMORPHIC_BATCHES={batches}", "dotnet", "test", "tests/Beamtalk.Metamorphic", "--no-build", "--nologo");
    string[] chaos = ["run", "bench/chaos.bt", Argument("seconds", "300")];
    Require(launcher, HasArgument("seed") ? [.. chaos, Argument<string>("seed")] : chaos);
});

// Whether the metamorphic tests find what they are for: tests/mutants has bugs to plant into the compiler.
Task("Mutants").IsDependentOn("Build").Does(() => Require("tools/mutants.sh"));

RunTarget(target);
