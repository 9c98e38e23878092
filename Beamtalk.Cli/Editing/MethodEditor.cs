using System.Collections.Immutable;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Editing;

/// <summary>
/// Puts a method that was changed while the system ran back into its file: only the text of that method changes, and
/// only if it still is what was loaded. Everything else stays as it is, to the byte.
/// </summary>
public static class MethodEditor
{
    public static EditOutcome Apply(string text, MethodEdit edit)
    {
        var file = new SourceText("edit", text);
        if (Read(file) is not { } unit)
        {
            return new EditOutcome.Refused(Refusal.Unreadable);
        }

        ImmutableArray<Clause> found = Clause.Find(file, unit, edit);
        ImmutableArray<string> wanted = Wanted(found, edit);
        if (Same(Texts(found), wanted))
        {
            return new EditOutcome.Edited(text);
        }

        if (Obstacle(found, unit, edit) is { } obstacle)
        {
            return new EditOutcome.Refused(obstacle);
        }

        string edited = Change(file, found, wanted, unit, edit);
        return Holds(edited, wanted, edit) ? new EditOutcome.Edited(edited) : new EditOutcome.Refused(Refusal.Unreadable);
    }

    private static Refusal? Obstacle(ImmutableArray<Clause> found, CompilationUnit unit, MethodEdit edit) => edit.Old switch
    {
        null when !found.IsEmpty => Refusal.Exists,
        null => TypeOf(unit, edit) is null ? Refusal.NoClass : null,
        _ when found.IsEmpty => Refusal.Missing,
        { } old => Same([string.Join('\n', found.Select(clause => clause.Method.Source))], [old]) ? null : Refusal.Changed,
    };

    /// <summary>The clauses as they are to stand there: what precedes the method stays what it is in the file.</summary>
    private static ImmutableArray<string> Wanted(ImmutableArray<Clause> found, MethodEdit edit)
    {
        string prefix = found is [{ Prefix: { Length: > 0 } own }, ..] ? own : edit.IsClassSide ? "class " : "";
        return edit.New is null ? [] : [.. Clause.Of(edit.New).Select(clause => prefix + clause.Bare)];
    }

    private static string Change(
        SourceText file, ImmutableArray<Clause> found, ImmutableArray<string> wanted, CompilationUnit unit, MethodEdit edit)
    {
        var editor = new TextEditor(file.Text);
        if (found.IsEmpty)
        {
            return editor.Insert(TypeOf(unit, edit)!, wanted, edit.Doc);
        }

        string? doc = edit.Doc == found[0].Method.Doc ? null : edit.Doc;
        return wanted.IsEmpty
            ? editor.Remove([.. found.Select(clause => clause.Span)])
            : editor.Replace([.. found.Select(clause => clause.Span)], wanted, doc);
    }

    private static ClassDeclaration? TypeOf(CompilationUnit unit, MethodEdit edit) =>
        unit.Items.OfType<ClassDeclaration>().FirstOrDefault(type => type.Name.Name == edit.Class);

    /// <summary>Whether the edited text has the method as it is wanted: nothing is written that was not read back.</summary>
    private static bool Holds(string text, ImmutableArray<string> wanted, MethodEdit edit)
    {
        var file = new SourceText("edit", text);
        return Read(file) is { } unit && Same(Texts(Clause.Find(file, unit, edit)), wanted);
    }

    private static CompilationUnit? Read(SourceText file)
    {
        (CompilationUnit unit, var diagnostics) = Parser.Parse(file);
        return diagnostics.Any(diagnostic => diagnostic.IsError) ? null : unit;
    }

    private static ImmutableArray<string> Texts(ImmutableArray<Clause> clauses) => [.. clauses.Select(clause => clause.Text)];

    /// <summary>However they are indented, and whatever ends their lines.</summary>
    private static bool Same(ImmutableArray<string> some, ImmutableArray<string> others) =>
        Plain(some).SequenceEqual(Plain(others));

    private static IEnumerable<string> Plain(ImmutableArray<string> texts) =>
        string.Join('\n', texts).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
