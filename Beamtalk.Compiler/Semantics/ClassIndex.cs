using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Beamtalk.Compiler.Semantics;

public enum ClassKind
{
    Object,
    Value,
    Actor,
    Supervisor,
    Primitive,
    Script,
}

/// <summary>What other compilations need to know of one method. The name is the facade's function name.</summary>
public sealed record MethodSignature(
    string Selector, bool IsClassSide, bool IsUpdating, ImmutableArray<string?> ParameterTypes, string? ReturnType);

/// <summary>What other compilations need to know of one class.</summary>
public sealed record ClassSignature(
    string Package,
    string Name,
    string? Superclass,
    ClassKind Kind,
    bool IsAbstract,
    bool IsSealed,
    ImmutableArray<string> Variables,
    ImmutableArray<string> ClassVariables,
    ImmutableArray<MethodSignature> Methods)
{
    /// <summary>The facade module, <c>bt.package.Name</c>.</summary>
    [JsonIgnore]
    public string Facade => $"bt.{Package}.{Name}";
}

/// <summary>The signatures of classes that were compiled before, by facade; superclasses are facade names.</summary>
public sealed record ClassIndex(ImmutableDictionary<string, ClassSignature> Classes)
{
    public static readonly ClassIndex Empty = new(ImmutableDictionary<string, ClassSignature>.Empty);

    public ClassIndex With(ClassIndex other) => new(Classes.SetItems(other.Classes));

    /// <summary>
    /// Both: of a class that is in both, the other one's methods come to those that are here. An index of a package has
    /// what it adds to classes of others.
    /// </summary>
    public ClassIndex Merge(ClassIndex other) => new(Classes.SetItems(other.Classes.Select(pair =>
        KeyValuePair.Create(pair.Key, Classes.TryGetValue(pair.Key, out ClassSignature? here) ? Merge(here, pair.Value) : pair.Value))));

    private static ClassSignature Merge(ClassSignature here, ClassSignature other) => here with
    {
        Methods = [.. other.Methods.Concat(here.Methods).DistinctBy(method => (method.Selector, method.IsClassSide))],
    };

    public static ClassIndex Of(IEnumerable<ClassSignature> classes) =>
        new(classes.ToImmutableDictionary(signature => signature.Facade));

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        Classes.Values.OrderBy(signature => signature.Facade, StringComparer.Ordinal).ToList(),
        ClassIndexJson.Default.ListClassSignature);

    public static ClassIndex FromJson(ReadOnlySpan<byte> json) =>
        Of(JsonSerializer.Deserialize(json, ClassIndexJson.Default.ListClassSignature) ?? []);
}

/// <summary>The index is read at every start of the compiler: a generated reader, no reflection.</summary>
[JsonSerializable(typeof(List<ClassSignature>))]
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
internal sealed partial class ClassIndexJson : JsonSerializerContext;
