namespace Beamtalk.Compiler.Diagnostics;

/// <summary>Findings of the semantic passes: BT2nnn declarations, BT3nnn names and bodies.</summary>
public static partial class Catalog
{
    public static readonly DiagnosticDescriptor DuplicateClass =
        new("BT2001", Severity.Error, "class {0} is declared twice", "rename one of them, or merge them");

    public static readonly DiagnosticDescriptor UnknownSuperclass =
        new("BT2002", Severity.Error, "the superclass {0} of {1} is not known");

    public static readonly DiagnosticDescriptor SuperclassCycle =
        new("BT2003", Severity.Error, "class {0} inherits from itself: {1}");

    public static readonly DiagnosticDescriptor SealedSuperclass =
        new("BT2004", Severity.Error, "class {0} is sealed: {1} cannot be its subclass outside its file");

    public static readonly DiagnosticDescriptor PrimitiveSuperclass =
        new("BT2005", Severity.Error, "instances of {0} are plain Erlang terms: it cannot have the subclass {1}",
            "use a Value class that holds one");

    public static readonly DiagnosticDescriptor DuplicateVariable =
        new("BT2006", Severity.Error, "variable {0} of {1} is declared twice");

    public static readonly DiagnosticDescriptor DuplicateMethod =
        new("BT2007", Severity.Error, "{0} has two methods {1}",
            "clauses of one method stand one after the other; remove or rename one of the two");

    public static readonly DiagnosticDescriptor ClauseParameters =
        new("BT2008", Severity.Error, "this clause of {0} can never be reached: the one before it matches everything");

    public static readonly DiagnosticDescriptor NotOneMethod =
        new("BT2030", Severity.Error, "this is not one method of {0}", "its header comes first: selector => body");

    public static readonly DiagnosticDescriptor OtherSelector =
        new("BT2031", Severity.Error, "this is the method {0}, not {1}");

    public static readonly DiagnosticDescriptor ExtensionOfUnknownClass =
        new("BT2009", Severity.Error, "the class {0} that is to be extended is not known");

    public static readonly DiagnosticDescriptor SealedMethod =
        new("BT2010", Severity.Error, "{0} >> {1} is compiled in line and cannot be replaced",
            "give your method another name, or define it on a class of your own");

    public static readonly DiagnosticDescriptor StateInObject =
        new("BT2011", Severity.Error, "{0} cannot have variables: it is {1}");

    public static readonly DiagnosticDescriptor ReservedSelector =
        new("BT2012", Severity.Error, "{0} cannot be the name of a method here: the module of {1} has such a function already",
            "give it another name");

    public static readonly DiagnosticDescriptor NoBehaviour =
        new("BT2013", Severity.Error, "this is not the name of a behaviour",
            "implements: #gen_server, or a list of such names");

    public static readonly DiagnosticDescriptor UnknownBehaviour =
        new("BT2014", Severity.Warning, "the behaviour {0} is not at hand: whether {1} has its callbacks is not checked",
            "the module has to be on the code path of the compiler (ERL_LIBS)");

    public static readonly DiagnosticDescriptor MissingCallback =
        new("BT2015", Severity.Warning, "{0} does not have the callback {1}/{2} of {3}");

    public static readonly DiagnosticDescriptor UndefinedName =
        new("BT3001", Severity.Error, "{0} is not defined");

    public static readonly DiagnosticDescriptor UndefinedStateVariable =
        new("BT3002", Severity.Error, "{0} has no variable {1}");

    public static readonly DiagnosticDescriptor UnknownClass =
        new("BT3003", Severity.Warning, "class {0} is not known here; it is looked up when this is reached");

    public static readonly DiagnosticDescriptor SuperOutside =
        new("BT3005", Severity.Error, "super has no meaning here", "it stands as a receiver in a method");

    public static readonly DiagnosticDescriptor DuplicateParameter =
        new("BT3007", Severity.Error, "{0} is declared twice here");

    public static readonly DiagnosticDescriptor MissingCases =
        new("BT3008", Severity.Warning, "this match: does not handle {0}", "add an arm, or _ -> …");

    public static readonly DiagnosticDescriptor ReceiveGuard =
        new("BT3017", Severity.Error, "{0} cannot be used in a guard of receive:, which must not run code",
            "such a guard may compare, calculate and test built-in classes; anything else is decided in the arm's body");

    public static readonly DiagnosticDescriptor ReceivePattern =
        new("BT3018", Severity.Error, "receive: cannot test for {0} while a message waits");

    public static readonly DiagnosticDescriptor PatternClassFields =
        new("BT3012", Severity.Error, "{0} has no field {1}");

    public static readonly DiagnosticDescriptor UnknownPatternClass =
        new("BT3016", Severity.Error, "class {0} in this pattern is not known");

    public static readonly DiagnosticDescriptor SelfStateInScript =
        new("BT3014", Severity.Error, "a script has no variables of its own kind: self.{0} has no meaning here");

    public static readonly DiagnosticDescriptor NestingTooDeep =
        new("BT3015", Severity.Error, "this is nested too deeply to be compiled", "move parts of it into methods of their own");
}
