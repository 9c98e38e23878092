using Antlr4.Runtime.Atn;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing.Layout;
using Beamtalk.Compiler.Text;
using NUnit.Framework;
using Shouldly;
using BeamtalkParser = Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>
/// One token decides everywhere in the grammar. A rule that breaks this costs the parser its speed, and unnoticed:
/// the trees stay the same.
/// </summary>
public sealed class PredictionCostTests
{
    private static IEnumerable<string> Sources =>
        Directory.GetFiles(RepositoryRoot.PathOf("stdlib", "src"), "*.bt").Order(StringComparer.Ordinal);

    [Test]
    public void No_decision_looks_further_than_one_token()
    {
        foreach (string path in Sources)
        {
            var source = new SourceText(path, File.ReadAllText(path));
            var diagnostics = new DiagnosticBag(source);
            BeamtalkParser parser = Compiler.Parsing.Parser.CreateParser(
                LayoutTokenSource.Read(source, diagnostics), diagnostics);
            parser.Profile = true;
            parser.unit();
            parser.ParseInfo.getDecisionInfo().Where(decision => decision.invocations > 0).Select(Describe).ShouldBeEmpty();
        }
    }

    private static string Describe(DecisionInfo decision)
    {
        var state = BeamtalkParser._ATN.decisionToState[decision.decision];
        return $"{BeamtalkParser.ruleNames[state.ruleIndex]}: {decision.invocations} predictions, "
            + $"{decision.SLL_TotalLook} tokens, {decision.LL_Fallback} in LL";
    }
}
