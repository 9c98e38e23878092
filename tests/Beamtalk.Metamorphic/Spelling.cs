using System.Text;

namespace Beamtalk.Metamorphic;

/// <summary>Texts in which some parts have two spellings, also within one another: <c>⟦one‖other⟧</c>.</summary>
internal static class Spelling
{
    public const char Open = '⟦';
    public const char Or = '‖';
    public const char Close = '⟧';

    /// <summary>The text with the first spelling everywhere, or the second.</summary>
    public static string Choose(string text, bool second)
    {
        var chosen = new StringBuilder();
        int hidden = 0;
        foreach (char c in text)
        {
            hidden += c switch
            {
                Open => second ? 1 : 0,
                Or => second ? -1 : 1,
                Close => second ? 0 : -1,
                _ => 0,
            };
            if (hidden == 0 && c is not (Open or Or or Close))
            {
                _ = chosen.Append(c);
            }
        }

        return chosen.ToString();
    }
}
