using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

public sealed partial class Binder
{
    /// <summary>Binds the block as a fun of its own.</summary>
    private BoundBlock BindRealBlock(BlockExpression block)
    {
        (BoundCode outerCode, Scope outerScope, object outerHome) = (_code, _scope, _home);
        _code = new BoundCode { Name = outerCode.Name, Span = block.Span, Parent = outerCode };
        _home = _code;
        Scope scope = _scopes.All[block];
        Enter(scope);
        BoundCode code = _code;
        code.Parameters = ParametersOf(block, scope);
        code.Body = BindBody(block.Body, scope, false);
        (_code, _scope, _home) = (outerCode, outerScope, outerHome);
        return new BoundBlock(block.Span, code);
    }

    /// <summary>Binds the block's statements as a body of the code around it; parameters are the caller's to give.</summary>
    private BoundBody BindInlined(BlockExpression block, bool spine)
    {
        (Scope outerScope, object outerHome) = (_scope, _home);
        _home = new object();
        Scope scope = _scopes.All[block];
        Enter(scope);
        BoundBody body = BindBody(block.Body, scope, spine);
        (_scope, _home) = (outerScope, outerHome);
        return body;
    }

    private Variable ParameterOf(BlockExpression block) =>
        ParametersOf(block, _scopes.All[block])[0];

    private ImmutableArray<Variable> ParametersOf(BlockExpression block, Scope scope) =>
        [.. block.Parameters.Select(parameter => parameter.Name.Name == "_"
            ? Anonymous()
            : scope.Names[parameter.Name.Name])];

    private Variable Anonymous() => new("_", VariableRole.Parameter) { Owner = _code, Home = _home };
}
