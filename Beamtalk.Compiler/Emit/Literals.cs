using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Lowering;
using Beamtalk.Compiler.Syntax;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>Literals of declarations (defaults, tool options) as constants.</summary>
public static class Literals
{
    /// <summary>Evaluating the expression sends no message.</summary>
    public static bool IsConstant(Expression expression) => expression switch
    {
        IntegerLiteral or FloatLiteral or StringLiteral or SymbolLiteral => true,
        BooleanLiteral or CharacterLiteral or NilLiteral => true,
        ListExpression list => list.Elements.All(IsConstant),
        TupleExpression tuple => tuple.Elements.All(IsConstant),
        DictionaryExpression dictionary =>
            dictionary.Entries.All(entry => IsConstant(entry.Key) && IsConstant(entry.Value)),
        _ => false,
    };

    /// <summary>The constant; nil for what is no literal, which the parser has refused.</summary>
    public static CoreExpr ToCore(Expression literal) => literal switch
    {
        IntegerLiteral integer => Int(integer.Value),
        FloatLiteral number => Float(number.Value),
        StringLiteral text => Binary(text.Value),
        SymbolLiteral symbol => Symbol(symbol.Value),
        BooleanLiteral boolean => Bool(boolean.Value),
        CharacterLiteral character => CoreValues.Character(character.CodePoint),
        ListExpression list => List([.. list.Elements.Select(ToCore)]),
        TupleExpression tuple => Tuple([.. tuple.Elements.Select(ToCore)]),
        DictionaryExpression dictionary =>
            Map([.. dictionary.Entries.Select(entry => (ToCore(entry.Key), ToCore(entry.Value)))]),
        _ => Nil,
    };
}
