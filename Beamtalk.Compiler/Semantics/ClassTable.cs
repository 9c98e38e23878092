using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

/// <summary>All classes that a compilation can see, and the questions that the passes ask about them.</summary>
public sealed class ClassTable
{
    public const string StandardPackage = "stdlib";

    private readonly ImmutableDictionary<string, ClassSignature> _classes;
    private readonly Dictionary<string, List<ClassSignature>> _byName = [];
    private readonly HashSet<string> _updating = [];
    private readonly HashSet<string> _userSelectors = [];
    private readonly string _package;

    public ClassTable(ClassIndex index, string package, IEnumerable<MethodSignature>? extensions = null)
    {
        _classes = index.Classes;
        _package = package;
        foreach (ClassSignature signature in _classes.Values)
        {
            Register(signature);
        }

        foreach (MethodSignature method in extensions ?? [])
        {
            Register(method, true);
        }
    }

    public ClassSignature? this[string facade] => _classes.GetValueOrDefault(facade);

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>A selector that some class known at compile time declares as updating.</summary>
    public bool IsUpdating(string selector) => _updating.Contains(selector);

    /// <summary>Whether a class outside the standard library defines the selector, on either side.</summary>
    public bool IsUserDefined(string selector) => _userSelectors.Contains(selector);

    public ClassSignature? Find(ClassName name) =>
        name.Package is null ? Find(name.Name) : this[$"bt.{name.Package}.{name.Name}"];

    /// <summary>By unqualified name: the own package first, then the standard library, then any other.</summary>
    public ClassSignature? Find(string name)
    {
        if (!_byName.TryGetValue(name, out List<ClassSignature>? candidates))
        {
            return null;
        }

        return candidates.Find(candidate => candidate.Package == _package)
            ?? candidates.Find(candidate => candidate.Package == StandardPackage)
            ?? candidates.MinBy(candidate => candidate.Package, StringComparer.Ordinal);
    }

    public ClassSignature? SuperclassOf(ClassSignature signature) =>
        signature.Superclass is null ? null : this[signature.Superclass];

    /// <summary>The class and its superclasses, itself first.</summary>
    public IEnumerable<ClassSignature> Lineage(ClassSignature signature)
    {
        for (ClassSignature? current = signature; current is not null; current = SuperclassOf(current))
        {
            yield return current;
        }
    }

    public bool IsSubclassOf(ClassSignature signature, string facade) =>
        Lineage(signature).Any(ancestor => ancestor.Facade == facade);

    /// <summary>The class and those below it that are known here, by facade.</summary>
    public IEnumerable<ClassSignature> KnownSubclasses(ClassSignature signature) => _classes.Values
        .Where(candidate => IsSubclassOf(candidate, signature.Facade))
        .OrderBy(candidate => candidate.Facade, StringComparer.Ordinal);

    /// <summary>The class of the lineage that declares the variable.</summary>
    public ClassSignature? DeclarerOf(ClassSignature signature, string variable) =>
        Lineage(signature).FirstOrDefault(ancestor => ancestor.Variables.Contains(variable));

    public ClassSignature? DeclarerOfClassVariable(ClassSignature signature, string variable) =>
        Lineage(signature).FirstOrDefault(ancestor => ancestor.ClassVariables.Contains(variable));

    public IEnumerable<string> AllVariables(ClassSignature signature) =>
        Lineage(signature).SelectMany(ancestor => ancestor.Variables.Concat(ancestor.ClassVariables));

    /// <summary>The known name nearest to the one given, for a hint; null when none is near.</summary>
    public string? Suggest(string name) => Spelling.Nearest(name, Names);

    private void Register(ClassSignature signature)
    {
        if (!_byName.TryGetValue(signature.Name, out List<ClassSignature>? list))
        {
            _byName[signature.Name] = list = [];
        }

        list.Add(signature);
        foreach (MethodSignature method in signature.Methods)
        {
            Register(method, signature.Package != StandardPackage);
        }
    }

    private void Register(MethodSignature method, bool isUsers)
    {
        if (method.IsUpdating)
        {
            _updating.Add(method.Selector);
        }

        if (isUsers)
        {
            _userSelectors.Add(method.Selector);
        }
    }
}
