// Targets of ./build.sh. Test counts what it runs and leaves the line "N passed, N failed" in
// _build/counts: build.sh prints it after Cake's own table.
using System.Collections.Concurrent;
using System.Diagnostics;
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
var counting = new object();
var passed = 0;
var failed = 0;

// Optimised: the tests of the compiler take half as long.
const string Release = "Release";

void Count(string what, int passedHere, int failedHere)
{
    Information("{0}: {1} passed, {2} failed", what, passedHere, failedHere);
    lock (counting)
    {
        passed += passedHere;
        failed += failedHere;
    }
}

int Run(string program, params string[] arguments) => StartProcess(program, new ProcessSettings
{
    Arguments = ProcessArgumentBuilder.FromStrings(arguments),
});

void Require(string program, params string[] arguments)
{
    var status = Run(program, arguments);
    if (status != 0)
    {
        throw new CakeException(status, $"{program} {string.Join(' ', arguments)} ended with {status}");
    }
}

// A test run that hangs fails after this time, and the others go on.
const string Bound = "1800";

// Runs a part of the tests; what it prints appears line by line under its name, for others run at the same time.
List<string> RunBounded(string part, string program, params string[] arguments) =>
    RunBoundedIn(new Dictionary<string, string>(), line => Information("{0} | {1}", part, line), program, arguments);

List<string> RunBoundedIn(
    Dictionary<string, string> environment, Action<string> show, string program, params string[] arguments)
{
    string Show(string line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            show(line);
        }

        return line;
    }

    var settings = new ProcessSettings
    {
        Arguments = ProcessArgumentBuilder.FromStrings(["--foreground", "-k", "10", Bound, program, .. arguments]),
        EnvironmentVariables = environment,
        RedirectStandardOutput = true,
        RedirectedStandardOutputHandler = Show,
        RedirectStandardError = true,
        RedirectedStandardErrorHandler = Show,
    };
    StartProcess("timeout", settings, out var output);
    return output.ToList();
}

// `version` makes the launcher build whatever is out of date.
Task("Build").Does(() => Require(launcher, "version"));

void BuildTests() => DotNetBuild("Beamtalk.slnx", new DotNetBuildSettings
{
    Configuration = Release,
    NoLogo = true,
    Verbosity = DotNetVerbosity.Quiet,
});

Task("BuildTests").IsDependentOn("Build").Does(BuildTests);

void TestProject(FilePath project)
{
    var name = project.GetFilenameWithoutExtension().ToString();
    var trx = $"{results}/{name}.trx";
    RunBounded(name, "dotnet", "test", project.FullPath, "-c", Release, "--no-build", "--nologo", "--logger", $"trx;LogFileName={trx}");
    if (!FileExists(trx))
    {
        Count(name, 0, 1);
        return;
    }

    var counters = XDocument.Load(trx).Descendants().Single(element => element.Name.LocalName == "Counters");
    int Number(string attribute) => int.Parse(counters.Attribute(attribute).Value, CultureInfo.InvariantCulture);
    Count(name, Number("passed"), Number("total") - Number("passed") - Number("notExecuted"));
}

void TestErlang()
{
    var ebin = MakeAbsolute(Directory("./_build/test/ebin")).FullPath;
    var counts = $"{results}/erlang.txt";
    EnsureDirectoryDoesNotExist(ebin);
    EnsureDirectoryExists(ebin);
    var sources = GetFiles("./erlang_runtime/test/*.erl").Select(file => file.FullPath).Append("tools/erlang_tests.erl");
    Require("erlc", ["+debug_info", "-I", "erlang_runtime/src", "-I", "erlang_runtime/include", "-o", ebin, .. sources]);
    RunBounded("erlang_runtime", "erl", "-noinput", "-boot", "no_dot_erlang", "-pa", runtimeEbin, "-pa", stdlibEbin, "-pa", ebin,
        "-s", "erlang_tests", "main", "-extra", ebin, counts);
    CountFile("erlang_runtime", counts);
}

void TestBeamtalk()
{
    var programs = GetFiles("./examples/*.bt")
        .Where(file => System.IO.File.ReadAllText(file.FullPath).Contains("TestCase subclass:"))
        .Select(file => Context.Environment.WorkingDirectory.GetRelativePath(file).FullPath)
        .Order();
    foreach (var path in new[] { "stdlib/test", "agents/test", "examples/testing" }.Concat(programs))
    {
        TestClasses(path);
    }
}

void TestClasses(string path)
{
    var lines = RunBoundedIn(new Dictionary<string, string>(), ShowOther, launcher, "test", path, "--json");
    var tests = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
    var failures = tests.Where(test => test.GetProperty("status").GetString() is "failed" or "error").ToList();
    foreach (var test in failures)
    {
        Information("{0} >> {1} ({2}:{3}): {4}", test.GetProperty("class"), test.GetProperty("test"),
            test.GetProperty("file"), test.GetProperty("line"), test.GetProperty("message"));
    }

    // Silence is not success: a run that ends before its first test has failed.
    var passes = tests.Count(test => test.GetProperty("status").GetString() == "passed");
    Count(path, passes, tests.Count == 0 ? 1 : failures.Count);

    void ShowOther(string line)
    {
        if (!IsJson(line))
        {
            Information("{0} | {1}", path, line);
        }
    }
}

bool IsJson(string line) => line.StartsWith('{');

// Beamtalk as Erlang and Elixir programs use it: EUnit modules and ExUnit scripts around the classes in
// tests/interop/src. The modules come first, for a behaviour among them is one that a class implements.
void TestInterop()
{
    const string Name = "interop";
    var root = MakeAbsolute(Directory("./_build/interop"));
    string Interop(string path) => root.Combine(path).FullPath;
    void RunInterop(string program, params string[] arguments) => RunBoundedIn(
        new Dictionary<string, string> { ["ERL_LIBS"] = root.FullPath },
        line => Information("{0} | {1}", Name, line), program, arguments);

    EnsureDirectoryDoesNotExist(root);
    EnsureDirectoryExists(Interop("tests/ebin"));
    Require("erlc", ["+debug_info", "-o", Interop("tests/ebin"), "tools/erlang_tests.erl",
        .. GetFiles("./tests/interop/erlang/*.erl").Select(file => file.FullPath)]);
    RunInterop(launcher, "build", "tests/interop/src", "--package", "shop", "-o", Interop("shop/ebin"));
    string[] runtime = ["-pa", runtimeEbin, "-pa", stdlibEbin, "-pa", agentsEbin];
    RunInterop("erl", ["-noinput", "-boot", "no_dot_erlang", .. runtime, "-s", "erlang_tests", "main",
        "-extra", Interop("tests/ebin"), Interop("erlang.txt")]);
    CountFile("interop with Erlang", Interop("erlang.txt"));
    RunInterop("elixir", [.. runtime, "tests/interop/elixir/all.exs", Interop("elixir.txt")]);
    CountFile("interop with Elixir", Interop("elixir.txt"));
}

// Two numbers in a file: a run that did not come to its end has failed.
void CountFile(string what, string path)
{
    var numbers = FileExists(path) ? System.IO.File.ReadAllText(path).Split() : ["0", "1"];
    Count(what, int.Parse(numbers[0]), int.Parse(numbers[1]));
}

// Projects built with rebar3 and without, and a release that is started and stopped.
void TestProjects()
{
    const string Name = "tests/projects";
    var lines = RunBounded(Name, "tests/projects/run.sh");

    // Silence is not success: the numbers are its last line.
    var numbers = Regex.Match(lines.LastOrDefault() ?? "", @"^(\d+) passed, (\d+) failed$");
    Count(Name,
        numbers.Success ? int.Parse(numbers.Groups[1].Value) : 0, numbers.Success ? int.Parse(numbers.Groups[2].Value) : 1);
}

// All that needs no test project, and these: what takes the whole machine, because it starts many programs itself, comes last.
const string EndToEnd = "Beamtalk.EndToEnd";

var testsBuilt = new Lazy<bool>(() =>
{
    BuildTests();
    return true;
});

(string Name, Action Run) PartOf(FilePath project) => (project.GetFilenameWithoutExtension().ToString(), () =>
{
    _ = testsBuilt.Value;
    TestProject(project);
});

(string Name, Action Run)[] ErlangParts() =>
[
    ("TestErlang", TestErlang),
    ("TestBeamtalk", TestBeamtalk),
    ("TestInterop", TestInterop),
    ("TestProjects", TestProjects),
];

(string Name, Action Run)[] NetParts() =>
[
    .. GetFiles("./tests/*/*.csproj")
        .Select(PartOf)
        .OrderBy(part => part.Name == EndToEnd)
        .ThenBy(part => part.Name, StringComparer.Ordinal),
];

foreach (var part in ErlangParts())
{
    Task(part.Name).IsDependentOn("Build").Does(() => TestParts([part]));
}

Task("TestNet").IsDependentOn("Build").Does(() => TestParts(NetParts()));

Task("Test").IsDependentOn("Build").Does(() => TestParts([.. Alternately(ErlangParts(), NetParts())]));

// Parts of both kinds run side by side: those in Erlang often wait, those in .NET compute.
IEnumerable<T> Alternately<T>(IEnumerable<T> some, IEnumerable<T> others)
{
    using var rest = others.GetEnumerator();
    foreach (var one in some)
    {
        yield return one;
        if (rest.MoveNext())
        {
            yield return rest.Current;
        }
    }

    while (rest.MoveNext())
    {
        yield return rest.Current;
    }
}

// Two at a time, however many processors there are: tests of what happens in time do not get into each other's way.
void TestParts((string Name, Action Run)[] parts)
{
    const int AtATime = 2;
    EnsureDirectoryDoesNotExist(results);
    EnsureDirectoryExists(results);
    var waiting = new ConcurrentQueue<(string Name, Action Run)>(parts);
    var durations = new ConcurrentBag<(string Name, TimeSpan Time)>();
    System.Threading.Tasks.Task.WaitAll([.. Enumerable.Range(0, AtATime).Select(_ => System.Threading.Tasks.Task.Run(() =>
    {
        while (waiting.TryDequeue(out var part))
        {
            durations.Add((part.Name, TestPart(part)));
        }
    }))]);
    foreach (var (name, time) in durations.OrderByDescending(item => item.Time))
    {
        Information("{0:mm\\:ss}  {1}", time, name);
    }

    System.IO.File.WriteAllText("_build/counts", $"{passed} passed, {failed} failed\n");
    if (failed > 0)
    {
        throw new CakeException(1, "some tests failed");
    }
}

// How long it took. One that could not even run has failed, and the others go on.
TimeSpan TestPart((string Name, Action Run) part)
{
    var watch = Stopwatch.StartNew();
    Information("{0} begins", part.Name);
    try
    {
        part.Run();
    }
    catch (Exception error)
    {
        Error("{0}: {1}", part.Name, error);
        Count(part.Name, 0, 1);
    }

    return watch.Elapsed;
}

Task("Lint").IsDependentOn("Build").Does(() =>
{
    LookForLongLines(100, "*.erl", "*.hrl");
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

// Of what git knows: copies of sources are in _build, too.
void LookForLongLines(int columns, params string[] patterns)
{
    StartProcess("git", new ProcessSettings
    {
        Arguments = ProcessArgumentBuilder.FromStrings(["ls-files", .. patterns]),
        RedirectStandardOutput = true,
    }, out var files);
    var found =
        from file in files
        from line in System.IO.File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
        where line.Text.Length > columns
        select $"{file}:{line.Number}: longer than {columns} columns";
    if (string.Join('\n', found) is { Length: > 0 } report)
    {
        throw new CakeException(report);
    }
}

Task("Bench").IsDependentOn("Build").Does(() => Require("bench/run.sh"));

// `./build.sh soak --seconds=600 --seed=42` sets how long the chaos lasts, and which one it is; `--fragments=5000` how many
// fragments are compiled in all their places.
Task("Soak").IsDependentOn("Build").IsDependentOn("BuildTests").Does(() =>
{
    Require("bench/soak.sh");
    var batches = Argument("fragments", 2000) / 10;
    Require("env", $"METAMORPHIC_BATCHES={batches}", "dotnet", "test", "tests/Beamtalk.Metamorphic", "-c", Release, "--no-build", "--nologo");
    string[] chaos = ["run", "bench/chaos.bt", Argument("seconds", "300")];
    Require(launcher, HasArgument("seed") ? [.. chaos, Argument<string>("seed")] : chaos);
});

// Whether the metamorphic tests find what they are for: tests/mutants has bugs to plant into the compiler.
Task("Mutants").IsDependentOn("Build").Does(() => Require("tools/mutants.sh"));

RunTarget(target);
