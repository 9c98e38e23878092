using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Parsing;

/// <summary>Reads one source text into a syntax tree. Never throws: what cannot be read is a diagnostic.</summary>
public static class Parser
{
    public static (CompilationUnit Unit, ImmutableArray<Diagnostic> Diagnostics) Parse(SourceText source) =>
        throw new NotImplementedException("the grammar is being written");
}
