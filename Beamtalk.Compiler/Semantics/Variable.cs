namespace Beamtalk.Compiler.Semantics;

public enum VariableRole
{
    Parameter,
    Local,

    /// <summary>The receiver of a method; assigned by <c>self.x := e</c> of a Value.</summary>
    Self,

    /// <summary>The identity of an activation that blocks return from.</summary>
    ReturnTag,

    /// <summary>A binding of a REPL session; always in a cell that outlives the input.</summary>
    Session,
}

/// <summary>
/// A variable of one method, block or script, with what the binder notes about its uses. Positions count the
/// binder's events in textual order.
/// </summary>
public sealed class Variable(string name, VariableRole role)
{
    private int _assignments;
    private bool _assignedElsewhere;
    private int _lastAssignment = -1;
    private int _firstCapture = int.MaxValue;

    public string Name { get; } = name;

    public VariableRole Role { get; } = role;

    /// <summary>The method or real block whose activation holds it.</summary>
    public BoundCode? Owner { get; set; }

    /// <summary>The body (of a method, or of any block) at whose entry it is fresh.</summary>
    public object? Home { get; set; }

    public bool IsAssigned => _assignments > 0;

    /// <summary>
    /// Held in a cell: captured by a real block, and assigned where block and assigner would not see each other's
    /// change otherwise. A variable that is assigned once, at home and before any block captures it, needs none.
    /// </summary>
    public bool IsCelled =>
        Role == VariableRole.Session
        || (_firstCapture != int.MaxValue && IsAssigned
            && (Role != VariableRole.Local || _assignments > 1 || _assignedElsewhere || _firstCapture < _lastAssignment));

    public void NoteAssignment(object home, int position)
    {
        _assignments++;
        _assignedElsewhere |= !ReferenceEquals(home, Home);
        _lastAssignment = position;
    }

    public void NoteCapture(int position) => _firstCapture = Math.Min(_firstCapture, position);

    public override string ToString() => Name;
}
