using System.Reflection;
using HandlebarsDotNet;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// The only class that knows Handlebars.Net. Templates are the embedded <c>*.core.hbs</c> files, each of which the
/// others may include by its name; a helper turns one value into text.
/// </summary>
internal sealed class TemplateEngine
{
    private const string Prefix = "Beamtalk.Compiler.Emit.Templates.";
    private const string Suffix = ".core.hbs";

    private readonly IHandlebars _handlebars = Handlebars.Create(
        new HandlebarsConfiguration { NoEscape = true, ThrowOnUnresolvedBindingExpression = true });

    public TemplateEngine()
    {
        foreach (var name in Names())
        {
            _handlebars.RegisterTemplate(name, Source(name));
        }
    }

    public void AddHelper<T>(string name, Func<T, string> render)
        where T : class =>
        _handlebars.RegisterHelper(name, (output, _, arguments) => output.WriteSafeString(render((T)arguments[0]!)));

    public Func<object, string> Compile(string name)
    {
        var template = _handlebars.Compile(Source(name));
        return model => template(model);
    }

    private static IEnumerable<string> Names() =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal);

    private static string Source(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{name}{Suffix}")
            ?? throw new ArgumentException($"there is no template {name}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
