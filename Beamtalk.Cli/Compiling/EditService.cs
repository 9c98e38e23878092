using System.Text;
using Beamtalk.Cli.Editing;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Compiling;

/// <summary>Edits the contents of a source file for a node, which reads and writes the file itself.</summary>
internal static class EditService
{
    private const char ByteOrderMark = '\uFEFF';

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Answers `{edited, Content}` or `{refused, Why}`.</summary>
    public static ErlangTerm Apply(byte[] content, ErlangTerm edit)
    {
        string text;
        try
        {
            text = Strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return Refused(Refusal.Unreadable);
        }

        string mark = text is [ByteOrderMark, ..] ? text[..1] : "";
        return MethodEditor.Apply(text[mark.Length..], ToEdit(edit)) switch
        {
            EditOutcome.Edited edited =>
                ErlangTerm.Tuple(ErlangTerm.Atom("edited"), new ErlangBinary(Strict.GetBytes(mark + edited.Text))),
            EditOutcome.Refused refused => Refused(refused.Why),
            var other => throw new FormatException($"unexpected outcome {other}"),
        };
    }

    private static ErlangTuple Refused(Refusal why) =>
        new([ErlangTerm.Atom("refused"), ErlangTerm.Atom(why.ToString().ToLowerInvariant())]);

    private static MethodEdit ToEdit(ErlangTerm term) => term.AsElements() is
        [var type, var side, var selector, var old, var wanted, var doc]
            ? new MethodEdit(
                type.AsText(), side.AsText() == "class", selector.AsText(),
                TextOrNull(old), TextOrNull(wanted), TextOrNull(doc))
            : throw new FormatException($"unexpected edit {term}");

    private static string? TextOrNull(ErlangTerm term) => term is ErlangAtom { Name: "nil" } ? null : term.AsText();
}
