using System.Collections.Immutable;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Building;

internal sealed partial class SyntaxBuilder
{
    private ClassDeclaration? BuildClass(ItemContext item)
    {
        if (item.classHeader() is not { } header || header.className() is not { exception: null } name
            || header.superclass() is not { exception: null } superclass)
        {
            return null;
        }

        var modifiers = header.classModifier().Aggregate(ClassModifiers.None, (all, modifier) =>
            all | (modifier.Start.Type == ABSTRACT ? ClassModifiers.Abstract : ClassModifiers.Sealed));
        var members = ImmutableArray.CreateBuilder<Member>();
        foreach (var member in item.member())
        {
            BuildMember(member, members);
        }

        var headerSpan = SpanOf(header);
        var span = members.Count == 0 ? headerSpan : headerSpan.Union(members[^1].Span);
        return new ClassDeclaration(
            span, headerSpan, modifiers, BuildSuperclass(superclass), BuildClassName((SyntaxToken)name.Start),
            TypeParameters(header.typeParameters()), DocOf(item), members.ToImmutable());
    }

    private ClassName? BuildSuperclass(SuperclassContext context)
    {
        var token = (SyntaxToken)context.Start;
        if (token.Type == NIL)
        {
            return null;
        }

        return token.Type == CLASS_NAME
            ? ClassNameOf(token)
            : new ClassName(token.Span, null, BuildClassName(token).Name);
    }

    private Identifier BuildClassName(SyntaxToken token)
    {
        if (token.Type == CLASS_NAME)
        {
            return IdentifierOf(token);
        }

        string name = token.Text.Trim('#', '\'', ':');
        string capitalized = name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
        diagnostics.ReportWithHint(Catalog.ClassNameExpected, token.Span, $"write {capitalized}", token.Text);
        return new Identifier(token.Span, capitalized);
    }

    private static ImmutableArray<Identifier> TypeParameters(TypeParametersContext? context) =>
        context is not { exception: null } ? [] : [.. context.CLASS_NAME().Select(node => IdentifierOf(Token(node)))];

    private void BuildMember(MemberContext member, ImmutableArray<Member>.Builder members)
    {
        switch (member.Start.Type)
        {
            case METHOD_MARK when member.method() is { } context && BuildMethod(context, DocOf(member)) is { } method:
                members.Add(method);
                break;
            case VARIABLES_MARK:
                BuildVariables(member, members);
                break;
            case DECLARATION_MARK when member.expression() is { exception: null } value:
                var keyword = Token(member.KEYWORD());
                members.Add(new DeclarationMember(
                    SpanOf(member), DocOf(member), KeywordName(keyword), BuildExpression(value)));
                break;
            case CHILDREN_MARK when member.elements() is { exception: null } elements:
                members.Add(new ChildrenDeclaration(
                    SpanOf(member), DocOf(member), [.. elements.element().Select(BuildChild)]));
                break;
        }
    }

    private void BuildVariables(MemberContext member, ImmutableArray<Member>.Builder members)
    {
        var kind = Token(member.VARIABLES()).Characters switch
        {
            "state:" => VariableKind.State,
            "field:" => VariableKind.Field,
            _ => VariableKind.ClassState,
        };
        string? doc = DocOf(member);
        foreach (var variable in member.variable())
        {
            if (variable is { exception: null })
            {
                members.Add(BuildVariable(variable, kind, DocOf(variable) ?? doc));
            }

            doc = null;
        }
    }

    private VariableDeclaration BuildVariable(VariableContext variable, VariableKind kind, string? doc)
    {
        if (variable.ASSIGN() is { } assign)
        {
            diagnostics.Report(Catalog.StateAssign, Token(assign).Span);
        }

        var name = Token(variable.NAME());
        var type = OptionalType(variable.type());
        var initializer = variable.expression() is { } value ? BuildExpression(value) : null;
        var last = initializer?.Span ?? type?.Span ?? name.Span;
        return new VariableDeclaration(name.Span.Union(last), doc, kind, IdentifierOf(name), type, initializer);
    }

    private ExtensionDeclaration? BuildExtension(ItemContext item)
    {
        if (item.extension() is not { } extension || extension.method() is not { } context
            || BuildMethod(context, DocOf(item)) is not { } method)
        {
            return null;
        }

        method = method with { IsClassSide = method.IsClassSide || extension.CLASS_SIDE() is not null };
        return new ExtensionDeclaration(
            SpanOf(extension), extension.PATCH() is not null, ClassNameOf(Token(extension.CLASS_NAME())),
            method with { Source = SourceOf((SyntaxToken)extension.Start, (SyntaxToken)context.Stop) });
    }

    private MethodDeclaration? BuildMethod(MethodContext method, string? doc)
    {
        if (method.signature() is not { exception: null } signature
            || signature.selector() is not { exception: null } selector
            || (method.exception is not null && method.body() is null))
        {
            return null;
        }

        var (name, nameSpan, parameters) = BuildSelector(selector);
        var body = method.body() is { } context ? BuildBody(context) : new Body(SpanOf(signature), [], []);
        if (body.Statements.IsEmpty && method is { exception: null } && method.body() is { exception: null })
        {
            diagnostics.Report(Catalog.EmptyMethod, nameSpan, name);
        }

        return new MethodDeclaration(
            SpanOf(method), doc,
            method.methodModifier().Any(modifier => modifier.CLASS_SIDE() is not null),
            method.methodModifier().Any(modifier => modifier.UPDATING() is not null),
            BuildTool(method), name, nameSpan, parameters, OptionalType(signature.type()),
            signature.block() is { } guard ? BuildGuard(guard) : null,
            body, SourceOf((SyntaxToken)method.Start, (SyntaxToken)(method.Stop ?? signature.Stop)));
    }

    private (string Name, TextSpan Span, ImmutableArray<Parameter> Parameters) BuildSelector(SelectorContext selector)
    {
        var parts = selector.keywordParameter();
        if (parts.Length > 0)
        {
            string name = string.Concat(parts.Select(part => SelectorText(Token(part.KEYWORD()))));
            return (name, ((SyntaxToken)parts[0].Start).Span, [.. parts.Select(part => BuildParameter(part.parameter()))]);
        }

        var token = (SyntaxToken)selector.Start;
        return (SelectorText(token), token.Span, selector.parameter() is { } other ? [BuildParameter(other)] : []);
    }

    /// <summary>The classic spelling <c>#name</c> is the selector <c>name</c>.</summary>
    private static string SelectorText(SyntaxToken token) =>
        token.Characters is ['#', ..] ? token.Text[1..] : token.Text;

    private Parameter BuildParameter(ParameterContext parameter) => new(
        SpanOf(parameter), BuildParameterPattern(parameter.parameterPattern()),
        parameter.operand() is { } standard ? BuildOperand(standard) : null);

    private ToolModifier? BuildTool(MethodContext method) =>
        method.methodModifier().Select(modifier => modifier.tool()).FirstOrDefault(tool => tool is not null) is { } context
            ? new ToolModifier(SpanOf(context), [.. context.toolOption().Select(option => new KeywordArgument(
                SpanOf(option), KeywordName(Token(option.KEYWORD())), BuildExpression(option.expression())))])
            : null;

    /// <summary>A guard is the inside of its block: one expression.</summary>
    private Expression BuildGuard(BlockContext block)
    {
        var built = BuildBlock(block);
        return built is { Parameters.IsEmpty: true, Body: { Temporaries.IsEmpty: true, Statements: [ExpressionStatement only] } }
            ? only.Expression
            : SendOf(built, "value");
    }

    private static SendExpression SendOf(Expression receiver, string selector) =>
        new(receiver.Span, receiver, selector, receiver.Span, []);

    /// <summary>The text from header to end, without its indentation.</summary>
    private string SourceOf(SyntaxToken start, SyntaxToken stop)
    {
        int from = FirstCharacter(start);
        string text = source.Text[from..Math.Max(from, stop.End)];
        if (start.Column <= 1 || !text.Contains('\n'))
        {
            return text;
        }

        string[] lines = text.Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            int indent = lines[i].Length - lines[i].TrimStart(' ', '\t').Length;
            lines[i] = lines[i][Math.Min(indent, start.Column - 1)..];
        }

        return string.Join('\n', lines);
    }
}
