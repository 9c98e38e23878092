namespace Beamtalk.Compiler.Formatting;

/// <summary>A fault of the formatter itself: what it made is not what it was given.</summary>
internal sealed class FormatFailureException(string message) : Exception(message);
