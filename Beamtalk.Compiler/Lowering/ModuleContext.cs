using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// What the functions of one generation module share: its name, the class that <c>self</c> is an instance of, and
/// the block makers collected so far.
/// </summary>
public sealed class ModuleContext(
    string generation, ClassSignature self, bool isExtension, ClassTable classes, SourceText source)
{
    private int _makers;

    public string Generation { get; } = generation;

    public ClassSignature Class { get; } = self;

    /// <summary>Linked into a class that was compiled before: super goes through the run time.</summary>
    public bool IsExtension { get; } = isExtension;

    public ClassTable Classes { get; } = classes;

    /// <summary>Functions made on the way: block makers, generic versions of specialised methods.</summary>
    public List<CoreFunction> Extra { get; } = [];

    /// <summary>Of a script: the calls that put its extensions and patches into effect, by their number.</summary>
    public IReadOnlyList<CoreExpr> Installs { get; init; } = [];

    /// <summary>Statements count how often they run.</summary>
    public bool IsCovered { get; init; }

    public string NextMaker() => $"mk {++_makers}";

    /// <summary>The last line of the source: as many counters as there may be lines to count.</summary>
    public int LastLine { get; } = source.LineOf(source.Text.Length);

    public CoreLocation At(TextSpan span) => new(source.LineOf(span.Start));
}
