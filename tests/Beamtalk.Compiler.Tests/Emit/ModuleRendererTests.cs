using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Emit;
using NUnit.Framework;
using Shouldly;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Tests.Emit;

public sealed class ModuleRendererTests
{
    private static readonly CoreFunction Answer = new(
        new FunctionName("answer", 0), Fun([], Int(42)), IsExported: true, new CoreLocation(3));

    private static CoreModule Module(string name, params ImmutableArray<CoreFunction> functions) =>
        new(new Atom(name), "x.bt", functions, [(new Atom("vsn"), List(Int(7)))]);

    [TestCase(ModuleKind.Class, "class")]
    [TestCase(ModuleKind.Script, "script")]
    [TestCase(ModuleKind.Extension, "extension")]
    [TestCase(ModuleKind.ReplInput, "repl_input")]
    public void Every_kind_loads_and_tells_what_it_is(ModuleKind kind, string tag)
    {
        var name = $"bt.render.{tag} 1";
        ErlangNode.Instance.Load(ModuleRenderer.Render(Module(name, Answer), kind)).ShouldBe("{ok,[]}");
        ErlangNode.Instance.Evaluate($"'{name}':answer().").ShouldBe("{ok,42}");
        ErlangNode.Instance.Evaluate($"'{name}':module_info(attributes).")
            .ShouldBe($"{{ok,[{{vsn,[7]}},{{beamtalk,[{tag}]}}]}}");
        ErlangNode.Instance.Evaluate($"'{name}':module_info(exports).")
            .ShouldBe("{ok,[{answer,0},{module_info,0},{module_info,1}]}");
    }
}
