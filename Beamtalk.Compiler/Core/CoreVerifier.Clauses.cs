using System.Collections.Immutable;

namespace Beamtalk.Compiler.Core;

/// <summary>Clauses, patterns, guards.</summary>
public sealed partial class CoreVerifier
{
    private void VerifyCase(CCase choice, int values)
    {
        VerifyAll(choice.Subjects);
        Require(!choice.Clauses.IsEmpty && CatchesAll(choice.Clauses[^1]), "the last clause does not catch all", choice);
        VerifyClauses(choice.Clauses, choice.Subjects.Length, values);
    }

    private void VerifyReceive(CReceive receive, int values)
    {
        Verify(receive.Timeout);
        Verify(receive.TimeoutBody, values);
        ImmutableArray<CClause> skipping =
            [.. receive.Clauses.Where(clause => clause.Body is CSkip).Select(clause => clause with { Body = Skipped })];
        VerifyClauses(skipping, 1, 1);
        VerifyClauses([.. receive.Clauses.Where(clause => clause.Body is not CSkip)], 1, values);
    }

    private static readonly CoreExpr Skipped = new CAtom(new Atom("skipped"));

    private void VerifyClauses(ImmutableArray<CClause> clauses, int subjects, int values)
    {
        foreach (var clause in clauses)
        {
            Require(
                clause.Patterns.Length == subjects,
                $"{clause.Patterns.Length} patterns for {subjects} subjects",
                clause);
            InScope(() => VerifyClause(clause, values));
        }
    }

    private void VerifyClause(CClause clause, int values)
    {
        var bound = ImmutableArray.CreateBuilder<CoreVar>();
        foreach (var pattern in clause.Patterns)
        {
            VerifyPattern(pattern, bound);
        }

        Bind(bound.ToImmutable(), clause);
        if (clause.Guard is not null)
        {
            VerifyGuard(clause.Guard is CProtected { Guard: var inner } ? inner : clause.Guard);
        }

        Verify(clause.Body, values);
    }

    /// <summary>Collects what the pattern binds; a map's keys see only what was bound before.</summary>
    private void VerifyPattern(CorePattern pattern, ImmutableArray<CoreVar>.Builder bound)
    {
        switch (pattern)
        {
            case PVar variable:
                bound.Add(variable.Variable);
                break;
            case PLiteral literal:
                Require(IsLiteral(literal.Literal), "the pattern is not a literal", literal);
                break;
            case PCons cons:
                VerifyListPattern(cons, bound);
                break;
            case PTuple tuple:
                foreach (var element in tuple.Elements)
                {
                    VerifyPattern(element, bound);
                }

                break;
            case PMap map:
                VerifyMapPattern(map, bound);
                break;
            case PBinaryPrefix prefix:
                bound.Add(prefix.Rest);
                break;
            case PAlias alias:
                bound.Add(alias.Variable);
                VerifyPattern(alias.Pattern, bound);
                break;
            default:
                throw Problem($"unknown node {pattern.GetType().Name}");
        }
    }

    private void VerifyListPattern(PCons list, ImmutableArray<CoreVar>.Builder bound)
    {
        CorePattern rest = list;
        while (rest is PCons cons)
        {
            VerifyPattern(cons.Head, bound);
            rest = cons.Tail;
        }

        VerifyPattern(rest, bound);
    }

    private void VerifyMapPattern(PMap map, ImmutableArray<CoreVar>.Builder bound)
    {
        foreach (var (key, value) in map.Entries)
        {
            Require(key is CVar || IsLiteral(key), "a key is neither literal nor variable", map);
            Verify(key);
            VerifyPattern(value, bound);
        }
    }

    private void VerifyGuard(CoreExpr guard)
    {
        switch (guard)
        {
            case CVar variable:
                RequireBound(variable.Variable, guard);
                break;
            case CCall { Module: CAtom { Value.Text: "erlang" }, Function: CAtom function } call
                when GuardFunctions.Allows(function.Value.Text, call.Arguments.Length):
                foreach (var argument in call.Arguments)
                {
                    VerifyGuard(argument);
                }

                break;
            case CCase { Subjects: [var condition], Clauses: [{ Guard: null } first, { Guard: null } second] } choice:
                Require(first.Patterns is [PLiteral] && CatchesAll(second), "no choice by a boolean", choice);
                VerifyGuard(condition);
                VerifyGuard(first.Body);
                VerifyGuard(second.Body);
                break;
            default:
                Require(IsLiteral(guard), "not allowed in a guard", guard);
                break;
        }
    }

    private static bool CatchesAll(CClause clause) =>
        clause.Guard is null or CAtom { Value.Text: "true" } && clause.Patterns.All(CatchesAll);

    private static bool CatchesAll(CorePattern pattern) => pattern switch
    {
        PVar => true,
        PAlias alias => CatchesAll(alias.Pattern),
        _ => false,
    };

    /// <summary>A literal to OTP's parser, too, where texts are written as segments.</summary>
    private static bool IsLiteral(CoreExpr expression) => expression switch
    {
        CAtom or CInt or CString or CNil => true,
        CFloat number => double.IsFinite(number.Value),
        CTuple tuple => tuple.Elements.All(IsLiteral),
        CCons cons => IsLiteral(cons.Head) && IsLiteral(cons.Tail),
        CMap { Base: null } map => map.Entries.All(entry => IsLiteral(entry.Key) && IsLiteral(entry.Value)),
        _ => false,
    };

    /// <summary>What Core Erlang lets stand in an attribute: no texts, no maps.</summary>
    private static bool IsConstant(CoreExpr expression) => expression switch
    {
        CAtom or CInt or CNil or CFloat => true,
        CTuple tuple => tuple.Elements.All(IsConstant),
        CCons cons => IsConstant(cons.Head) && IsConstant(cons.Tail),
        _ => false,
    };
}
