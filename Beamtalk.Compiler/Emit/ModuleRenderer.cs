using System.Collections.Frozen;
using Beamtalk.Compiler.Core;

namespace Beamtalk.Compiler.Emit;

/// <summary>Turns a module into Core Erlang text: the template of its kind around what <see cref="CoreWriter"/> writes.</summary>
public static class ModuleRenderer
{
    private static readonly Lazy<TemplateEngine> Engine = new(CreateEngine);

    private static readonly FrozenDictionary<ModuleKind, Lazy<Func<object, string>>> Templates =
        Enum.GetValues<ModuleKind>().ToFrozenDictionary(
            kind => kind, kind => new Lazy<Func<object, string>>(() => Engine.Value.Compile(NameOf(kind))));

    /// <summary>Compiles a template ahead of its first use; safe to run beside anything else.</summary>
    public static void Warm(ModuleKind kind) => _ = Templates[kind].Value;

    public static string Render(CoreModule module, ModuleKind kind)
    {
        CoreVerifier.Verify(module);
        return Templates[kind].Value(ModuleModel.Of(module));
    }

    private static TemplateEngine CreateEngine()
    {
        var engine = new TemplateEngine();
        engine.AddHelper<FunctionModel>("core", function => function.ToCore());
        return engine;
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
