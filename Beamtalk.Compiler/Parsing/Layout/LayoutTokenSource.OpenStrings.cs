using Beamtalk.Compiler.Diagnostics;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>
/// Strings that are never closed. A string may span lines, so a forgotten quote shows only at the end of the file, where
/// the last string is open; by then all that follows has been read inside out. The file is read again, and the string
/// that is to blame ends with its first line.
/// </summary>
internal sealed partial class LayoutTokenSource
{
    /// <summary>A file that must be read more often is not a program.</summary>
    private const int MaximumReadings = 8;

    /// <summary>Where the string starts that should have been closed; -1 while all is well.</summary>
    private int _openString = -1;

    /// <summary>The first string over several lines after whose end a word follows at once, as if it began there.</summary>
    private int _suspect = -1;

    /// <summary>Ends a string with its line, if an earlier reading has found that it is never closed.</summary>
    private bool IsCut(SyntaxToken token)
    {
        if (token.Type is not (STRING or STRING_START or RAW_STRING or OPEN_QUOTE) || !_cutStrings.Contains(token.Start))
        {
            return false;
        }

        Report(Catalog.OpenString, new Text.TextSpan(token.Start, 1));
        token.Type = RAW_STRING;
        token.End = _scanner.LineEnd(token.Start);
        _reader.Restart(token, token.End);
        return true;
    }

    private void Suspect(SyntaxToken token)
    {
        if (_suspect < 0 && char.IsLetterOrDigit(_scanner.At(token.End)) && token.Characters.Contains('\n'))
        {
            _suspect = token.Start;
        }
    }

    /// <summary>A string is open at the end of the file: finds the one to blame.</summary>
    private void BlameOpenString(SyntaxToken last)
    {
        _openString = _suspect >= 0 ? _suspect : last.Start;
        _reader.Stop();
    }
}
