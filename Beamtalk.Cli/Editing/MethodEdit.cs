namespace Beamtalk.Cli.Editing;

/// <summary>
/// A method that is to be another one in its file: the text that it had when the file was loaded (null if it had
/// none), and the one that it shall have (null if it is to go). A null doc leaves the comment in the file alone.
/// </summary>
public sealed record MethodEdit(string Class, bool IsClassSide, string Selector, string? Old, string? New, string? Doc);

/// <summary>Why a file is left as it is.</summary>
public enum Refusal
{
    /// <summary>The method is another one in the file than when it was loaded.</summary>
    Changed,

    /// <summary>The method is not in the file any more.</summary>
    Missing,

    /// <summary>There is a method of that name in the file now.</summary>
    Exists,

    /// <summary>The class is not in the file.</summary>
    NoClass,

    /// <summary>The file does not compile as it is, or would not with the edit.</summary>
    Unreadable,
}

/// <summary>What became of an edit: the new text of the file, or why there is none.</summary>
public abstract record EditOutcome
{
    public sealed record Edited(string Text) : EditOutcome;

    public sealed record Refused(Refusal Why) : EditOutcome;
}
