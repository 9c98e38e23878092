using System.Text;

namespace Beamtalk.Compiler.Syntax;

/// <summary>
/// Writes a tree as text for golden files and <c>--dump=syntax</c>: one line for each declaration and statement,
/// with every message in parentheses, so that what the parser understood can be read.
/// </summary>
public sealed class SyntaxPrinter
{
    private readonly StringBuilder _text = new();
    private int _indent;

    public static string Print(CompilationUnit unit)
    {
        var printer = new SyntaxPrinter();
        foreach (var item in unit.Items)
        {
            printer.PrintItem(item);
        }

        return printer._text.ToString();
    }

    private void Line(string line) => _text.Append(' ', _indent * 2).Append(line).Append('\n');

    private void Indented(Action print)
    {
        _indent++;
        print();
        _indent--;
    }

    private void PrintItem(TopLevelItem item)
    {
        switch (item)
        {
            case ClassDeclaration declaration:
                PrintClass(declaration);
                break;
            case ExtensionDeclaration extension:
                Line($"{(extension.IsPatch ? "patch" : "extend")} {extension.Class}");
                Indented(() => PrintMember(extension.Method));
                break;
            case ScriptMethod method:
                Line("script");
                Indented(() => PrintMember(method.Method));
                break;
            case TopLevelTemporaries temporaries:
                Line($"temporaries {string.Join(' ', temporaries.Names)}");
                break;
            case TopLevelStatement statement:
                Line(ExpressionPrinter.Print(statement.Statement));
                break;
            default:
                throw new InvalidOperationException($"unknown item {item.GetType().Name}");
        }
    }

    private void PrintClass(ClassDeclaration declaration)
    {
        PrintDoc(declaration.Doc);
        string modifiers = declaration.Modifiers == ClassModifiers.None
            ? ""
            : declaration.Modifiers.ToString().ToLowerInvariant() + " ";
        string parameters = declaration.TypeParameters.IsEmpty ? "" : $"({string.Join(", ", declaration.TypeParameters)})";
        Line($"{modifiers}class {declaration.Name}{parameters} < {declaration.Superclass?.ToString() ?? "nil"}");
        Indented(() =>
        {
            foreach (var member in declaration.Members)
            {
                PrintMember(member);
            }
        });
    }

    private void PrintDoc(string? doc)
    {
        foreach (string line in doc?.Split('\n') ?? [])
        {
            Line($"/// {line}".TrimEnd());
        }
    }

    private void PrintMember(Member member)
    {
        PrintDoc(member.Doc);
        switch (member)
        {
            case VariableDeclaration variable:
                Line($"{variable.Kind.ToString().ToLowerInvariant()} {variable.Name}{Typed(variable.Type)}"
                    + (variable.Initializer is { } value ? $" = {ExpressionPrinter.Print(value)}" : ""));
                break;
            case DeclarationMember declaration:
                Line($"declare {declaration.Name}: {ExpressionPrinter.Print(declaration.Value)}");
                break;
            case ChildrenDeclaration children:
                Line("children");
                Indented(() => children.Children.ToList().ForEach(child => Line(PrintChild(child))));
                break;
            case MethodDeclaration method:
                PrintMethod(method);
                break;
            default:
                throw new InvalidOperationException($"unknown member {member.GetType().Name}");
        }
    }

    private static string PrintChild(ChildSpecification child)
    {
        var arguments = child.SpawnArguments.Select(argument => $" spawn {argument.Name}: {ExpressionPrinter.Print(argument.Value)}")
            .Concat(child.Options.Select(option => $" option {option.Name}: {ExpressionPrinter.Print(option.Value)}"));
        return "child " + (child.Other is { } other ? ExpressionPrinter.Print(other) : child.Class + string.Concat(arguments));
    }

    private void PrintMethod(MethodDeclaration method)
    {
        if (method.Tool is { } tool)
        {
            Line("tool" + string.Concat(tool.Options.Select(
                option => $" {option.Name}: {ExpressionPrinter.Print(option.Value)}")));
        }

        string modifiers = (method.IsClassSide ? "class " : "") + (method.IsUpdating ? "updating " : "");
        string parameters = string.Concat(method.Parameters.Select(parameter => " " + PatternPrinter.Print(parameter.Pattern)
            + (parameter.Default is { } standard ? $" = {ExpressionPrinter.Print(standard)}" : "")));
        string returns = method.ReturnType is { } type ? $" -> {PatternPrinter.Print(type)}" : "";
        string guard = method.Guard is { } condition ? $" when: {ExpressionPrinter.Print(condition)}" : "";
        Line($"{modifiers}method {method.Selector}{parameters}{returns}{guard}");
        Indented(() => PrintBody(method.Body));
    }

    private void PrintBody(Body body)
    {
        if (!body.Temporaries.IsEmpty)
        {
            Line($"| {string.Join(' ', body.Temporaries)} |");
        }

        foreach (var statement in body.Statements)
        {
            Line(ExpressionPrinter.Print(statement));
        }
    }

    private static string Typed(TypeSyntax? type) => type is null ? "" : $" :: {PatternPrinter.Print(type)}";
}
