namespace Beamtalk.Compiler.Diagnostics;

/// <summary>BT1nnn: what can be wrong with the text of a program.</summary>
public static partial class Catalog
{
    // ---- Words

    public static readonly DiagnosticDescriptor UnknownCharacter =
        new("BT1001", Severity.Error, "unexpected character {0}");

    public static readonly DiagnosticDescriptor OpenString =
        new("BT1002", Severity.Error, "this string is never closed", "end it with the quote that it starts with");

    public static readonly DiagnosticDescriptor OpenComment =
        new("BT1003", Severity.Error, "this comment is never closed", "end it with */");

    public static readonly DiagnosticDescriptor BadEscape =
        new("BT1004", Severity.Error, "{0} is not an escape",
            @"the escapes are \n \t \r \0 \"" \\ \{ \} and \u{1F600}");

    public static readonly DiagnosticDescriptor BadNumber =
        new("BT1005", Severity.Error, "{0} is not a number");

    // ---- Brackets and size

    public static readonly DiagnosticDescriptor MissingCloser =
        new("BT1010", Severity.Error, "there is no {0} for this {1}");

    public static readonly DiagnosticDescriptor UnexpectedCloser =
        new("BT1011", Severity.Error, "nothing is open that this {0} could close");

    public static readonly DiagnosticDescriptor TooDeep =
        new("BT1012", Severity.Error, "brackets are nested more than {0} deep",
            "give the inner part a method or a variable of its own");

    public static readonly DiagnosticDescriptor TooComplex =
        new("BT1013", Severity.Error, "this expression is too long", "give parts of it variables of their own");

    public static readonly DiagnosticDescriptor TooManyErrors =
        new("BT1014", Severity.Error, "too many errors: the rest of the file has not been read");

    // ---- Sentences

    /// <summary>What was expected, what was found.</summary>
    public static readonly DiagnosticDescriptor Expected =
        new("BT1020", Severity.Error, "{0} expected, but here is {1}");

    public static readonly DiagnosticDescriptor HeaderTooDeep =
        new("BT1021", Severity.Error, "this method header is indented too deep",
            "in a class every member starts in the column of the first one, outside classes in the column of the header above");

    public static readonly DiagnosticDescriptor MemberExpected =
        new("BT1022", Severity.Error, "a member expected, but here is {0}",
            "members are methods (name => body), state: variables and declarations (name: value); indent a body deeper than its header");

    public static readonly DiagnosticDescriptor EmptyMethod =
        new("BT1023", Severity.Error, "method {0} has no body",
            "write self subclassResponsibility if subclasses define it, or nil if it does nothing");

    public static readonly DiagnosticDescriptor NotAssignable =
        new("BT1024", Severity.Error, "this cannot be assigned to",
            "only variables, self.x and patterns such as {a, b} can");

    public static readonly DiagnosticDescriptor StateAssign =
        new("BT1025", Severity.Error, "a state variable gets its first value with =", "write = instead of :=");

    public static readonly DiagnosticDescriptor EqualsForAssign =
        new("BT1026", Severity.Warning, "= compares, and nothing uses the answer", "write := to assign to {0}");

    public static readonly DiagnosticDescriptor RunOn =
        new("BT1027", Severity.Warning, "this is one message, {0}",
            "put parentheses around the first message, or a ; between two messages to one receiver");

    public static readonly DiagnosticDescriptor ClassNameExpected =
        new("BT1028", Severity.Error, "{0} is not a class name", "class names begin with an upper-case letter: {0}");

    public static readonly DiagnosticDescriptor NotAMessage =
        new("BT1029", Severity.Error, "{0} is not a message",
            "a period, an operator or a keyword is missing before it; only Erlang and Elixir take such names as messages");

    public static readonly DiagnosticDescriptor LooseSuper =
        new("BT1030", Severity.Error, "super can only receive a message", "self is the object itself");

    public static readonly DiagnosticDescriptor CastOfValue =
        new("BT1031", Severity.Error, "! follows a message", "receiver message! sends and does not wait");

    public static readonly DiagnosticDescriptor ArmAssociation =
        new("BT1032", Severity.Error, "an arm has one ->",
            "put an association in parentheses, or a ; between two arms on one line");

    public static readonly DiagnosticDescriptor ArmReturn =
        new("BT1033", Severity.Error, "^ is a statement, and an arm is an expression", "write the arm as a block: [^ value]");

    public static readonly DiagnosticDescriptor NamedElement =
        new("BT1034", Severity.Error, "{0} names nothing here", "in a dictionary write key => value; a message needs a receiver");

    public static readonly DiagnosticDescriptor MissingElement =
        new("BT1035", Severity.Error, "there is nothing between these commas");

    public static readonly DiagnosticDescriptor BadPattern =
        new("BT1036", Severity.Error, "{0} cannot stand in a pattern");

    public static readonly DiagnosticDescriptor DotAccess =
        new("BT1037", Severity.Warning, "this period ends a statement",
            "only self.x reads a variable; ask another object with a message: {0}");

    public static readonly DiagnosticDescriptor TooManyArguments =
        new("BT1038", Severity.Error, "a message has at most {0} arguments");

    public static readonly DiagnosticDescriptor StrayArms =
        new("BT1039", Severity.Error, "match arms stand in the brackets of match: as the only keyword, and of Process receive:");

    public static readonly DiagnosticDescriptor CascadeWithoutMessage =
        new("BT1040", Severity.Error, "there is no message before this ;",
            "a cascade sends further messages to the receiver of the message before it");
}
