using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>A parsed source file with its diagnostics.</summary>
public sealed record ParsedSource(SourceText Text, CompilationUnit Unit, DiagnosticBag Diagnostics);

/// <summary>A declared class with the file it stands in.</summary>
public sealed record DeclaredClass(ParsedSource Source, ClassDeclaration Syntax, ClassSignature Signature);

/// <summary>Turns class declarations into signatures and checks what they say about one another.</summary>
public sealed class DeclarationCollector(ClassIndex known, string package)
{
    private readonly Dictionary<string, (ParsedSource Source, ClassDeclaration Syntax)> _declarations = [];
    private readonly Dictionary<string, ClassSignature> _done = [];
    private readonly ClassTable _known = new(known, package);

    public ImmutableArray<DeclaredClass> Collect(ImmutableArray<ParsedSource> sources)
    {
        foreach (ParsedSource source in sources)
        {
            foreach (ClassDeclaration syntax in source.Unit.Items.OfType<ClassDeclaration>())
            {
                if (!_declarations.TryAdd(syntax.Name.Name, (source, syntax)))
                {
                    source.Diagnostics.Report(Catalog.DuplicateClass, syntax.Name.Span, syntax.Name.Name);
                }
            }
        }

        foreach (string name in _declarations.Keys)
        {
            Resolve(name, []);
        }

        return [.. _declarations.Select(pair => new DeclaredClass(pair.Value.Source, pair.Value.Syntax, _done[pair.Key]))];
    }

    private ClassSignature Resolve(string name, ImmutableArray<string> pending)
    {
        if (_done.TryGetValue(name, out ClassSignature? done))
        {
            return done;
        }

        (ParsedSource source, ClassDeclaration syntax) = _declarations[name];
        if (pending.Contains(name))
        {
            source.Diagnostics.Report(
                Catalog.SuperclassCycle, syntax.HeaderSpan, name, string.Join(" < ", pending.Append(name)));
            return _done[name] = Signature(syntax, null);
        }

        ClassSignature? superclass = SuperclassOf(source, syntax, pending.Add(name));
        return _done.TryGetValue(name, out done) ? done : _done[name] = Signature(syntax, superclass);
    }

    private ClassSignature? SuperclassOf(ParsedSource source, ClassDeclaration syntax, ImmutableArray<string> pending)
    {
        if (syntax.Superclass is not { } reference)
        {
            return null;
        }

        ClassSignature? superclass = FindSuperclass(reference, pending);
        if (superclass is null)
        {
            IEnumerable<string> names = _declarations.Keys.Concat(known.Classes.Values.Select(other => other.Name));
            source.Diagnostics.ReportWithHint(Catalog.UnknownSuperclass, reference.Span,
                Spelling.Hint(reference.Name, names), reference, syntax.Name.Name);
        }
        else
        {
            CheckSuperclass(source, syntax, superclass);
        }

        return superclass;
    }

    private ClassSignature? FindSuperclass(ClassName reference, ImmutableArray<string> pending)
    {
        bool own = reference.Package is null || reference.Package == package;
        if (own && _declarations.ContainsKey(reference.Name))
        {
            return Resolve(reference.Name, pending);
        }

        return _known.Find(reference);
    }

    private void CheckSuperclass(ParsedSource source, ClassDeclaration syntax, ClassSignature superclass)
    {
        bool sameFile = _declarations.TryGetValue(superclass.Name, out var other)
            && other.Source == source && superclass.Package == package;
        if (superclass.IsSealed && !sameFile)
        {
            source.Diagnostics.Report(
                Catalog.SealedSuperclass, syntax.HeaderSpan, superclass.Name, syntax.Name.Name);
        }

        bool primitive = superclass.Kind == ClassKind.Primitive && package != ClassTable.StandardPackage;
        if (primitive)
        {
            source.Diagnostics.Report(
                Catalog.PrimitiveSuperclass, syntax.HeaderSpan, superclass.Name, syntax.Name.Name);
        }
    }

    private ClassSignature Signature(ClassDeclaration syntax, ClassSignature? superclass)
    {
        ImmutableArray<VariableDeclaration> variables = [.. syntax.Members.OfType<VariableDeclaration>()];
        ImmutableArray<string> own =
            [.. variables.Where(variable => variable.Kind != VariableKind.ClassState).Select(variable => variable.Name.Name)];
        ClassKind kind = ClassKinds.Of(package, syntax.Name.Name, superclass, own.Length > 0);
        return new ClassSignature(
            package, syntax.Name.Name, superclass?.Facade, kind,
            syntax.Modifiers.HasFlag(ClassModifiers.Abstract), syntax.Modifiers.HasFlag(ClassModifiers.Sealed),
            own,
            [.. variables.Where(variable => variable.Kind == VariableKind.ClassState).Select(variable => variable.Name.Name)],
            MethodSignatures.Of(syntax, kind, own));
    }
}
