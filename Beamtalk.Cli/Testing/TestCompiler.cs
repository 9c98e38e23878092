using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Testing;

/// <summary>Sources that were compiled and can be loaded together.</summary>
public sealed record TestBatch(BuildOutcome Outcome);

/// <summary>
/// Compiles test files together, so that they may refer to each other. A file with errors is left out and reported.
/// Files that clash with another one over the name of a class (each has its own Counter, say) wait for
/// a batch of their own, which replaces the classes of the one before.
/// </summary>
public sealed class TestCompiler(Toolchain toolchain, TestReporter reporter)
{
    public ClassIndex Known { get; private set; } = toolchain.Known;

    public async IAsyncEnumerable<TestBatch> CompileAsync(ImmutableArray<string> files)
    {
        ImmutableArray<SourceText> waiting = Readable(Sources.Read(files));
        while (!waiting.IsEmpty)
        {
            (BuildOutcome? outcome, waiting) = await CompileBatchAsync(waiting).ConfigureAwait(false);
            if (outcome is not null)
            {
                Known = Known.With(outcome.Result.Declared);
                yield return new TestBatch(outcome);
            }
        }
    }

    /// <summary>Compiles as many of the sources as go together; answers those for the next batch too.</summary>
    private async Task<(BuildOutcome?, ImmutableArray<SourceText>)> CompileBatchAsync(ImmutableArray<SourceText> sources)
    {
        var next = ImmutableArray.CreateBuilder<SourceText>();
        while (!sources.IsEmpty)
        {
            BuildOutcome outcome = await toolchain
                .CompileAsync(new SourceSet(sources, []), Known, new CompilationOptions()).ConfigureAwait(false);
            ILookup<SourceText, Diagnostic> errors =
                outcome.Diagnostics.Where(diagnostic => diagnostic.IsError).ToLookup(diagnostic => diagnostic.Source);
            if (errors.Count == 0)
            {
                return (outcome, next.ToImmutable());
            }

            foreach (IGrouping<SourceText, Diagnostic> file in errors)
            {
                // What else is wrong with it may come from taking the other class for its own.
                bool clashes = file.Any(error => error.Descriptor == Catalog.DuplicateClass);
                if (clashes && errors.Count < sources.Length)
                {
                    next.Add(file.Key);
                }
                else
                {
                    Report(file.First());
                }
            }

            sources = sources.RemoveAll(errors.Contains);
        }

        return (null, next.ToImmutable());
    }

    private ImmutableArray<SourceText> Readable(SourceSet sources)
    {
        foreach (Diagnostic error in sources.Diagnostics)
        {
            Report(error);
        }

        return sources.Sources.RemoveAll(source => sources.Diagnostics.Any(error => error.Source == source));
    }

    private void Report(Diagnostic error) => reporter.Add(new TestResult(
        Path.GetFileNameWithoutExtension(error.Source.Path), "", TestResult.Error, $"{error.Code}: {error.Message}",
        error.Source.Path, error.Source.LineOf(error.Span.Start), 0));
}
