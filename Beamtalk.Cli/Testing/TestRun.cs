using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Cli.Testing;

/// <summary>Compiles and runs the tests of some files in one node, fixtures first.</summary>
public sealed class TestRun(Toolchain toolchain, TestReporter reporter, string? filter)
{
    private const string TestCase = "bt.stdlib.TestCase";

    public async Task RunAsync(ImmutableArray<string> files)
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
            await RunAsync(session, TestClasses(batch.Outcome.Result.Declared, compiler.Known)).ConfigureAwait(false);
        }
    }

    private static async Task LoadAsync(ErlangSession session, TestBatch batch)
    {
        if (await session.LoadAsync(batch.Outcome.Beams).ConfigureAwait(false) is { } refused)
        {
            throw new ErlangNodeException(refused.Report);
        }
    }

    private async Task RunAsync(ErlangSession session, ImmutableArray<string> facades)
    {
        try
        {
            foreach (TestRecord record in await session.TestAsync(facades, filter).ConfigureAwait(false))
            {
                reporter.Add(new TestResult(
                    record.Class, record.Test, record.Status, record.Message, record.File, record.Line, record.Milliseconds));
            }
        }
        catch (Exception error) when (error is ErlangNodeException or SessionEndedException)
        {
            reporter.Add(new TestResult(string.Join(", ", facades), "", TestResult.Error, error.Message, null, 0, 0));
        }
    }

    private static bool IsFixture(string file) => file.Split(Path.DirectorySeparatorChar).SkipLast(1).Contains("fixtures");

    private static ImmutableArray<string> TestClasses(ClassIndex declared, ClassIndex known) =>
    [
        .. declared.Classes.Values
            .Where(candidate => !candidate.IsAbstract && IsTestCase(candidate, known))
            .Select(candidate => candidate.Facade)
            .Order(StringComparer.Ordinal),
    ];

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
