using System.Collections.Concurrent;
using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Cli.Testing;

/// <summary>
/// Compiles and runs the tests of some files in one node, fixtures first. Classes run beside each other, but for those
/// that must not; what came of them is told in their order.
/// </summary>
public sealed class TestRun(Toolchain toolchain, TestReporter reporter, TestSelection selection)
{
    private const string TestCase = "bt.stdlib.TestCase";

    private readonly HashSet<string> _loaded = [];

    private readonly TestProgress _progress = new(Console.Error, Console.IsErrorRedirected);

    /// <summary>Runs the tests of those files that <paramref name="isWanted"/>; the others are only compiled.</summary>
    public async Task RunAsync(ImmutableArray<string> files, Func<string, bool> isWanted)
    {
        Task<ErlangNode> starting = toolchain.NodeAsync();
        var compiler = new TestCompiler(toolchain, reporter);
        ErlangSession session = await ErlangSession.StartAsync(await starting.ConfigureAwait(false)).ConfigureAwait(false);
        await foreach (TestBatch batch in compiler.CompileAsync([.. files.Where(IsFixture)]).ConfigureAwait(false))
        {
            await LoadAsync(session, batch).ConfigureAwait(false);
        }

        await foreach (TestBatch batch in compiler.CompileAsync([.. files.Where(file => !IsFixture(file))]).ConfigureAwait(false))
        {
            await LoadAsync(session, batch).ConfigureAwait(false);
            ImmutableArray<string> classes = TestClasses(batch.Outcome, compiler.Known, isWanted);
            Task work = RunAsync(session, classes);
            await _progress.ShowAsync(classes.Length, work).ConfigureAwait(false);
        }
    }

    /// <summary>A class of another file and the same name need not be of the same kind, so it is no newer version.</summary>
    private async Task LoadAsync(ErlangSession session, TestBatch batch)
    {
        ImmutableArray<string> declared =
            [.. batch.Outcome.Result.Declared.Classes.Keys.Except(toolchain.Known.Classes.Keys)];
        await session.ForgetAsync(declared.Where(_loaded.Contains)).ConfigureAwait(false);
        _loaded.UnionWith(declared);
        if (await session.LoadAsync(batch.Outcome.Beams).ConfigureAwait(false) is { } refused)
        {
            throw new ErlangNodeException(refused.Report);
        }

        await session.InstallAsync(batch.Outcome.Result.Modules
            .Where(module => module.Kind == ModuleKind.Extension)
            .Select(module => module.Generation)).ConfigureAwait(false);
    }

    private async Task RunAsync(ErlangSession session, ImmutableArray<string> facades)
    {
        ImmutableArray<string> serial = await session.SerialTestsAsync(facades).ConfigureAwait(false);
        var results = new ConcurrentDictionary<string, ImmutableArray<TestResult>>();
        await Parallel.ForEachAsync(facades.Except(serial), async (facade, _) => results[facade] = await ResultsAsync(facade))
            .ConfigureAwait(false);
        foreach (string facade in serial)
        {
            results[facade] = await ResultsAsync(facade).ConfigureAwait(false);
        }

        foreach (TestResult result in facades.SelectMany(facade => results[facade]))
        {
            reporter.Add(result);
        }
    }

    /// <summary>A session of its own for each class: what one does to its process is nothing to the others.</summary>
    private async Task<ImmutableArray<TestResult>> ResultsAsync(string facade)
    {
        try
        {
            ErlangNode node = await toolchain.NodeAsync().ConfigureAwait(false);
            ErlangSession session = await ErlangSession.StartAsync(node).ConfigureAwait(false);
            ImmutableArray<TestRecord> records = await session.TestAsync(facade, selection).ConfigureAwait(false);
            return [.. records.Select(TestResult.Of)];
        }
        catch (Exception error) when (error is ErlangNodeException or SessionEndedException)
        {
            return [new TestResult(facade, "", TestResult.Error, error.Message, null, 0, 0)];
        }
        finally
        {
            _progress.Advance();
        }
    }

    private static bool IsFixture(string file) => file.Split(Path.DirectorySeparatorChar).SkipLast(1).Contains("fixtures");

    private static ImmutableArray<string> TestClasses(BuildOutcome outcome, ClassIndex known, Func<string, bool> isWanted)
    {
        ImmutableHashSet<string?> wanted =
            [.. outcome.Result.Modules.Where(module => isWanted(module.Source.Path)).Select(module => module.Facade)];
        return
        [
            .. outcome.Result.Declared.Classes.Values
                .Where(candidate => !candidate.IsAbstract && IsTestCase(candidate, known) && wanted.Contains(candidate.Facade))
                .Select(candidate => candidate.Facade)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsTestCase(ClassSignature? candidate, ClassIndex known)
    {
        while (candidate?.Superclass is { } superclass)
        {
            if (superclass == TestCase)
            {
                return true;
            }

            candidate = known.Classes.GetValueOrDefault(superclass);
        }

        return false;
    }
}
