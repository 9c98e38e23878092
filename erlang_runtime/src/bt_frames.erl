%% @doc Keeps the stack frames that a stack trace is made of.
%%
%% A call in tail position is a jump: the method that made it is gone from the stack, and an error
%% in `foo => nil bar' would have no place. So a send in tail position gets something to do
%% afterwards. Two kinds of sends stay jumps, because programs loop by them: sends to self of a
%% method that the class itself has, and the evaluation of blocks.
-module(bt_frames).

-export([keep/1]).

%% What no call answers. A comparison with it is the cheapest thing to do after a call that the
%% compiler does not see through.
-define(NEVER, '$bt_never').

%% @doc The module with its sends as calls.
-spec keep(cerl:cerl()) -> cerl:cerl().
keep(Module) ->
    Facade = facade(cerl:concrete(cerl:module_name(Module))),
    Names = [cerl:fname_id(Name) || {Name, _} <- cerl:module_defs(Module)],
    Own = {Facade, maps:from_keys(Names, true)},
    Keep = fun(Tree) -> function(Tree, Own) end,
    Definitions = [{Name, cerl_trees:map(Keep, Fun)} || {Name, Fun} <- cerl:module_defs(Module)],
    cerl:update_c_module(
        Module,
        cerl:module_name(Module),
        cerl:module_exports(Module),
        cerl:module_attrs(Module),
        Definitions
    ).

%% The class that a generation or extension belongs to.
facade(Module) ->
    [Facade | _] = string:split(atom_to_list(Module), " "),
    list_to_atom(Facade).

function(Tree, Own) ->
    case cerl:type(Tree) of
        'fun' -> cerl:update_c_fun(Tree, cerl:fun_vars(Tree), tail(cerl:fun_body(Tree), Own));
        _ -> Tree
    end.

%% An expression whose value is the function's.
tail(Tree, Own) ->
    case cerl:type(Tree) of
        'let' ->
            tail_of_let(Tree, cerl:let_vars(Tree), cerl:let_body(Tree), Own);
        seq ->
            cerl:update_c_seq(Tree, cerl:seq_arg(Tree), tail(cerl:seq_body(Tree), Own));
        letrec ->
            Body = tail(cerl:letrec_body(Tree), Own),
            cerl:update_c_letrec(Tree, cerl:letrec_defs(Tree), Body);
        'case' ->
            Clauses = [clause(Clause, Own) || Clause <- cerl:case_clauses(Tree)],
            cerl:update_c_case(Tree, cerl:case_arg(Tree), Clauses);
        call ->
            case is_send(Tree) andalso not is_loop(Tree, Own) of
                true -> framed(Tree);
                false -> Tree
            end;
        _ ->
            Tree
    end.

%% `let V = E in V' is E to the compiler.
tail_of_let(Tree, [Var], Body, Own) ->
    case cerl:is_c_var(Body) andalso cerl:var_name(Body) =:= cerl:var_name(Var) of
        true -> cerl:update_c_let(Tree, [Var], tail(cerl:let_arg(Tree), Own), Body);
        false -> cerl:update_c_let(Tree, [Var], cerl:let_arg(Tree), tail(Body, Own))
    end;
tail_of_let(Tree, Vars, Body, Own) ->
    cerl:update_c_let(Tree, Vars, cerl:let_arg(Tree), tail(Body, Own)).

clause(Clause, Own) ->
    Body = tail(cerl:clause_body(Clause), Own),
    cerl:update_c_clause(Clause, cerl:clause_pats(Clause), cerl:clause_guard(Clause), Body).

%% What the source does not say has no line.
is_send(Call) ->
    lists:any(fun is_integer/1, cerl:get_ann(Call)).

is_loop(Call, {Facade, Names}) ->
    case target(Call) of
        {Facade, Function, _} -> is_map_key(Function, Names);
        {bt_send, self_send, [_, Selector | _]} -> is_own(Selector, Names);
        {bt_send, class_send, [_, _, Function | _]} -> is_own(Function, Names);
        {bt_send, _, [_, Selector | _]} -> is_evaluation(Selector);
        _ -> false
    end.

target(Call) ->
    Module = cerl:call_module(Call),
    Name = cerl:call_name(Call),
    case cerl:is_c_atom(Module) andalso cerl:is_c_atom(Name) of
        true -> {cerl:atom_val(Module), cerl:atom_val(Name), cerl:call_args(Call)};
        false -> none
    end.

is_own(Function, Names) ->
    cerl:is_c_atom(Function) andalso is_map_key(cerl:atom_val(Function), Names).

is_evaluation(Selector) ->
    cerl:is_c_atom(Selector) andalso
        lists:prefix("value", atom_to_list(cerl:atom_val(Selector))).

framed(Call) ->
    Value = cerl:c_var('V_answer'),
    Never = cerl:c_clause([cerl:c_atom(?NEVER)], cerl:c_atom(nil)),
    Always = cerl:c_clause([Value], Value),
    cerl:c_case(Call, [Never, Always]).
