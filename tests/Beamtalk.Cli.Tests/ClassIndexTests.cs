using Beamtalk.Compiler.Semantics;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests;

[TestFixture]
public sealed class ClassIndexTests
{
    [Test]
    public void An_index_reads_back_as_it_was_written()
    {
        var method = new MethodSignature("at:put:", false, true, ["Integer", null], "Point");
        var signature = new ClassSignature(
            "app", "Point", "bt.stdlib.Value", ClassKind.Value, false, true, ["x", "y"], ["count"], [method]);
        byte[] json = ClassIndex.Of([signature]).ToJson();
        ClassIndex.FromJson(json).ToJson().ShouldBe(json);
        ClassIndex.FromJson(json).Classes["bt.app.Point"].Methods[0].ParameterTypes.ShouldBe(["Integer", null]);
    }
}
