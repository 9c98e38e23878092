using System.Diagnostics;
using Beamtalk.Bench.FrontEnd;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

// How many lines a second, warm: the parser down to the syntax tree, and the whole front end from text to Core text.
// Arguments: lines, rounds, the standard library's index (classes.json).
int wanted = args.Length > 0 ? int.Parse(args[0]) : 50_000;
int rounds = args.Length > 1 ? int.Parse(args[1]) : 10;
ClassIndex library = args.Length > 2 ? ClassIndex.FromJson(File.ReadAllBytes(args[2])) : ClassIndex.Empty;

var (text, classes, lines) = new SourceGenerator(seed: 1).Generate(wanted);
var source = new SourceText("generated.bt", text);
Console.WriteLine($"{lines} lines, {classes} classes, {text.Length / 1024} KB");

bool sound = Measure("parse, limit 100,000", () => Parser.Parse(source).Diagnostics);
if (args.Length > 2)
{
    var input = new CompilationInput([source], library, new CompilationOptions());
    sound &= Measure("front end, limit 25,000", () => Compilation.Compile(input).Diagnostics);
}

return sound ? 0 : 1;

bool Measure(string what, Func<IEnumerable<Diagnostic>> work)
{
    var (wall, processor) = (new List<double>(), new List<double>());
    for (int round = 0; round < rounds; round++)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        IEnumerable<Diagnostic> diagnostics = work();
        wall.Add(lines / clock.Elapsed.TotalSeconds);
        processor.Add(lines / (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
        if (diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError) is { } error)
        {
            Console.Error.WriteLine($"{error.Message}: {error.Source.LineText(error.Source.LineOf(error.Span.Start))}");
            return false;
        }
    }

    Console.WriteLine(
        $"{what}: median {Median(wall):N0} lines/s, best {wall.Max():N0}; by processor time {Median(processor):N0}");
    return true;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
