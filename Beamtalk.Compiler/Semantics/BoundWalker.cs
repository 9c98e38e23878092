using System.Collections.Immutable;

namespace Beamtalk.Compiler.Semantics;

/// <summary>Visits bound code in evaluation order; does not enter real blocks.</summary>
public static class BoundWalker
{
    /// <summary>Visits the node (an expression, body, arm or pattern) and everything inside it.</summary>
    public static void Walk(object? node, Action<object> visit)
    {
        if (node is null)
        {
            return;
        }

        visit(node);
        foreach (object? child in Children(node))
        {
            Walk(child, visit);
        }
    }

    public static IEnumerable<object?> Children(object node) => node switch
    {
        BoundInterpolation interpolation => interpolation.Parts,
        BoundCollection collection => collection.Elements,
        BoundDictionary dictionary => dictionary.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
        BoundSend send => send.Arguments.Prepend(send.Receiver),
        BoundOperator op => [op.Left, op.Right],
        BoundSuperSend send => send.Arguments,
        BoundSpawn spawn => spawn.Arguments.Prepend(spawn.Receiver),
        BoundErlangCall call => call.Arguments,
        BoundCast cast => [cast.Send],
        BoundCascade cascade => cascade.Messages.SelectMany(message => message.Arguments).Prepend(cascade.Receiver),
        BoundAssignment assignment => [assignment.Value, assignment.Target],
        BoundCompoundAssignment assignment => [assignment.Target, assignment.Value],
        BoundDestructuring destructuring => [destructuring.Value],
        BoundUpdate update => update.Arguments.Append(update.Target),
        BoundReturn result => [result.Value],
        BoundBody body => body.Statements,
        BoundArm arm => [arm.Guard, arm.Body],
        _ => ControlChildren(node),
    };

    private static IEnumerable<object?> ControlChildren(object node) => node switch
    {
        BoundIf branch => [branch.Condition, branch.Then, branch.Else],
        BoundLogical logical => [logical.Left, logical.Right],
        BoundIfNil branch => [branch.Subject, branch.IfNil, branch.IfNotNil],
        BoundWhile loop => [loop.Condition, loop.Body],
        BoundRepeat loop => [loop.Body],
        BoundCountLoop loop => [loop.Start, loop.Stop, loop.Body],
        BoundEach loop => [loop.Receiver, loop.Body],
        BoundMatch match => match.Arms.Cast<object?>().Prepend(match.Subject),
        BoundReceive receive =>
            [receive.Timeout, receive.Action?.Value, .. receive.Arms, receive.Expired],
        BoundTuplePattern tuple => tuple.Elements,
        BoundListPattern list => list.Elements.Append(list.Rest!),
        BoundArrayPattern array => array.Elements,
        BoundDictionaryPattern dictionary => dictionary.Entries.Select(entry => entry.Value),
        BoundPrefixPattern prefix => [prefix.Rest],
        BoundConstructorPattern constructor => constructor.Fields.Select(field => field.Pattern),
        BoundTypedPattern typed => [typed.Inner],
        _ => [],
    };
}
