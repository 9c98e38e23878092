using System.Collections.Frozen;
using Beamtalk.Compiler.Core;

namespace Beamtalk.Compiler.Emit;

/// <summary>Turns a module into Core Erlang text: the template of its kind around what <see cref="CoreWriter"/> writes.</summary>
public static class ModuleRenderer
{
    private static readonly Lazy<FrozenDictionary<ModuleKind, Func<object, string>>> Templates = new(Compile);

    /// <summary>Compiles the templates ahead of their first use; safe to run beside anything else.</summary>
    public static void Warm() => _ = Templates.Value;

    public static string Render(CoreModule module, ModuleKind kind)
    {
        CoreVerifier.Verify(module);
        return Templates.Value[kind](ModuleModel.Of(module));
    }

    private static FrozenDictionary<ModuleKind, Func<object, string>> Compile()
    {
        var engine = new TemplateEngine();
        engine.AddHelper<FunctionModel>("core", function => function.ToCore());
        return Enum.GetValues<ModuleKind>().ToFrozenDictionary(kind => kind, kind => engine.Compile(NameOf(kind)));
    }

    private static string NameOf(ModuleKind kind) => kind switch
    {
        ModuleKind.Class => "class",
        ModuleKind.Script => "script",
        ModuleKind.Extension => "extension",
        ModuleKind.ReplInput => "repl_input",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no template"),
    };
}
