using System.Collections;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Diagnostics;

/// <summary>Collects the diagnostics of one pass over one source text.</summary>
public sealed class DiagnosticBag(SourceText source) : IEnumerable<Diagnostic>
{
    private readonly List<Diagnostic> _items = [];

    public SourceText Source { get; } = source;

    public bool HasErrors => _items.Exists(item => item.IsError);

    public int Count => _items.Count;

    public void Report(DiagnosticDescriptor descriptor, TextSpan span, params object[] arguments) =>
        _items.Add(Diagnostic.Create(descriptor, Source, span, null, arguments));

    public void ReportWithHint(DiagnosticDescriptor descriptor, TextSpan span, string? hint, params object[] arguments) =>
        _items.Add(Diagnostic.Create(descriptor, Source, span, hint, arguments));

    public void AddRange(IEnumerable<Diagnostic> diagnostics) => _items.AddRange(diagnostics);

    public IEnumerator<Diagnostic> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
