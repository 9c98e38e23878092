using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Editing;

/// <summary>
/// One clause of a method as it stands in a text. What precedes the method itself in an extension
/// (<c>patch Counter class >> </c>) is its prefix; it is empty in a class.
/// </summary>
internal sealed partial record Clause(SourceText File, TextSpan Span, MethodDeclaration Method)
{
    public string Text => File.Slice(Span);

    public string Prefix => File.Slice(TextSpan.FromBounds(Span.Start, Method.Span.Start));

    /// <summary>The method without what says on which side it is.</summary>
    public string Bare => Method.IsClassSide ? ClassModifier().Replace(Modern, "$1", 1) : Modern;

    /// <summary>
    /// <c>#increment { self.value += 1 }</c> ⇒ <c>increment => self.value += 1</c>, which is how methods of a class
    /// are written.
    /// </summary>
    private string Modern
    {
        get
        {
            string text = File.Slice(Method.Span).TrimEnd();
            string header = File.Slice(TextSpan.FromBounds(Method.Span.Start, Method.Body.Span.Start)).TrimEnd();
            if (header is not [.., '{'] || text is not [.., '}'])
            {
                return text;
            }

            string body = text[header.Length..^1].TrimEnd();
            string selector = header[..^1].TrimEnd().Replace("#" + Method.Selector, Method.Selector, StringComparison.Ordinal);
            return $"{selector} =>{(body.TrimStart(' ', '\t') is ['\n' or '\r', ..] ? body : " " + body.Trim())}";
        }
    }

    /// <summary>The clauses of a method in a file: in its class, or else as an extension or patch of it.</summary>
    public static ImmutableArray<Clause> Find(SourceText file, CompilationUnit unit, MethodEdit edit)
    {
        ImmutableArray<Clause> own =
        [
            .. unit.Items.OfType<ClassDeclaration>().Where(type => type.Name.Name == edit.Class)
                .SelectMany(type => type.Members.OfType<MethodDeclaration>())
                .Where(method => Matches(method, edit))
                .Select(method => new Clause(file, method.Span, method)),
        ];
        return own.IsEmpty
            ? [.. unit.Items.OfType<ExtensionDeclaration>()
                .Where(item => item.Class.Name == edit.Class && Matches(item.Method, edit))
                .Select(item => new Clause(file, item.Span, item.Method))]
            : own;
    }

    /// <summary>The clauses of a text that is one method.</summary>
    public static ImmutableArray<Clause> Of(string text)
    {
        var source = new SourceText("method", text);
        return [.. Parser.Parse(source).Unit.Items.Select(item => item switch
        {
            ScriptMethod { Method: var method } => new Clause(source, method.Span, method),
            ExtensionDeclaration extension => new Clause(source, extension.Span, extension.Method),
            _ => throw new FormatException($"not a method: {text}"),
        })];
    }

    private static bool Matches(MethodDeclaration method, MethodEdit edit) =>
        method.Selector == edit.Selector && method.IsClassSide == edit.IsClassSide;

    /// <summary>Not a method that is itself called `class`.</summary>
    [GeneratedRegex(@"^((?:updating\s+)?)class\s+(?![=-]>|\{)")]
    private static partial Regex ClassModifier();
}
