using System.Diagnostics;
using Beamtalk.Bench.Parse;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Text;

// How many lines a second does the parser read, warm, down to the syntax tree? Arguments: lines, rounds.
int wanted = args.Length > 0 ? int.Parse(args[0]) : 50_000;
int rounds = args.Length > 1 ? int.Parse(args[1]) : 10;

var (text, classes, lines) = new SourceGenerator(seed: 1).Generate(wanted);
Console.WriteLine($"{lines} lines, {classes} classes, {text.Length / 1024} KB");

var rates = new List<double>();
for (int round = 1; round <= rounds; round++)
{
    var clock = Stopwatch.StartNew();
    var processor = Process.GetCurrentProcess().TotalProcessorTime;
    var (unit, diagnostics) = Parser.Parse(new SourceText("generated.bt", text));
    double rate = lines / clock.Elapsed.TotalSeconds;
    rates.Add(rate);
    processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
    Console.WriteLine($"round {round,2}: {rate,9:N0} lines/s, by processor time {lines / processor.TotalSeconds,9:N0}");
    if (diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError) is { } error)
    {
        Console.Error.WriteLine($"{error.Message}: {error.Source.LineText(error.Source.LineOf(error.Span.Start))}");
        return 1;
    }
}

rates.Sort();
Console.WriteLine($"median {rates[rates.Count / 2]:N0} lines/s");
return 0;
