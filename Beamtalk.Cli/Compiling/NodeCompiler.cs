using System.Collections.Immutable;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Compiling;

/// <summary>
/// The front end for a running node, which turns the Core Erlang it gets into beams itself. The node tells which
/// classes there are besides those of the standard library, whenever they have changed.
/// </summary>
public sealed class NodeCompiler
{
    private readonly ClassIndex _stdlib;
    private ClassIndex _known;

    public NodeCompiler(ClassIndex stdlib)
    {
        _stdlib = stdlib;
        _known = stdlib;
    }

    /// <summary>Takes a request with what is known at this moment; the work may be done later.</summary>
    public Func<ErlangTerm> Handle(ErlangTerm request)
    {
        ClassIndex known = _known;
        switch (request.AsElements())
        {
            case [ErlangAtom { Name: "classes" }, var classes]:
                _known = _stdlib.With(ClassTerm.ToIndex(classes));
                return () => ErlangTerm.Atom("ok");
            case [ErlangAtom { Name: "method" }, var facade, var side, var selector, var source]:
                return () => Method(known, facade.AsText(), side.AsText() == "class", TextOrNull(selector), source.AsText());
            case [ErlangAtom { Name: "file" }, var path, var package, ErlangBinary content]:
                return () => File(known, path.AsText(), package.AsText(), content.Bytes);
            case [ErlangAtom { Name: "edit" }, ErlangBinary content, var edit]:
                return () => EditService.Apply(content.Bytes, edit);
            default:
                return () => throw new FormatException($"unexpected request {request}");
        }
    }

    private static ErlangTerm Method(ClassIndex known, string facade, bool isClassSide, string? selector, string text)
    {
        if (!known.Classes.TryGetValue(facade, out ClassSignature? target))
        {
            return ErlangTerm.Tuple(ErlangTerm.Atom("fault"), ErlangTerm.Text($"the compiler does not know {facade}"));
        }

        var source = new SourceText($"{target.Name} compile", text);
        var options = new CompilationOptions { Package = target.Package };
        return Reply(Compilation.CompileMethod(
            new CompilationInput([source], known, options), target, isClassSide, selector));
    }

    /// <summary>The classes of the file may be known from before: they are what is compiled.</summary>
    private static ErlangTerm File(ClassIndex known, string path, string package, byte[] content)
    {
        SourceSet sources = Sources.FromBytes(path, content);
        var options = new CompilationOptions { Package = package };
        return Reply(Building.Toolchain.Analyze(sources, known, options));
    }

    private static ErlangTerm Reply(CompilationResult result) => ErlangTerm.Tuple(
        ErlangTerm.Atom(result.HasErrors ? "error" : "ok"),
        ErlangTerm.List(result.Modules.Select(UnitTerm.Of)),
        ErlangTerm.List(result.Diagnostics.Select(ToTerm)));

    private static ErlangTerm ToTerm(Diagnostic diagnostic)
    {
        LinePosition place = diagnostic.Source.PositionOf(diagnostic.Span.Start);
        return ErlangTerm.Tuple(
            ErlangTerm.Text(diagnostic.Code),
            ErlangTerm.Atom(diagnostic.Severity.ToString().ToLowerInvariant()),
            ErlangTerm.Text(diagnostic.Message),
            diagnostic.Hint is { } hint ? ErlangTerm.Text(hint) : ErlangTerm.Nil,
            ErlangTerm.Text(diagnostic.Source.Path),
            ErlangTerm.Integer(place.Line),
            ErlangTerm.Integer(place.Column),
            ErlangTerm.Text(DiagnosticRenderer.Render(diagnostic)));
    }

    private static string? TextOrNull(ErlangTerm term) => term is ErlangAtom { Name: "nil" } ? null : term.AsText();
}
