%% @doc Keeps the stack frames that a stack trace is made of.
%%
%% A call in tail position is a jump: the method that made it is gone from the stack, and an error
%% in `foo => nil bar' would have no place. So a send in tail position gets something to do
%% afterwards. Sends by which programs loop stay jumps: those to self of a method of the class that
%% may come back to this one, and the evaluation of blocks.
-module(bt_frames).

-export([keep/1]).

%% What no call answers. A comparison with it is the cheapest thing to do after a call that the
%% compiler does not see through.
-define(NEVER, '$bt_never').

%% A function of the module, by its name and arity.
-type name() :: {atom(), arity()}.

%% The functions that each function jumps to; `block' stands for whatever a block does.
-type jumps() :: #{name() => [name() | block]}.

%% Where a send stands.
-record(place, {facade :: module(), here = {'', 0} :: name(), jumps :: jumps()}).

%% @doc The module with its sends as calls.
-spec keep(cerl:cerl()) -> cerl:cerl().
keep(Module) ->
    Facade = facade(cerl:concrete(cerl:module_name(Module))),
    Definitions = cerl:module_defs(Module),
    Names = maps:from_list([{cerl:var_name(Name), []} || {Name, _} <- Definitions]),
    Jumps = maps:from_list([
        {cerl:var_name(Name), jumps(Fun, #place{facade = Facade, jumps = Names})}
     || {Name, Fun} <- Definitions
    ]),
    Kept = [
        {Name, framed(Fun, #place{facade = Facade, here = cerl:var_name(Name), jumps = Jumps})}
     || {Name, Fun} <- Definitions
    ],
    cerl:update_c_module(
        Module,
        cerl:module_name(Module),
        cerl:module_exports(Module),
        cerl:module_attrs(Module),
        Kept
    ).

%% The class that a generation or extension belongs to.
facade(Module) ->
    [Facade | _] = string:split(atom_to_list(Module), " "),
    list_to_atom(Facade).

%%% Which functions jump where

jumps(Definition, Place) ->
    Collect = fun(Tail, Targets) -> {Tail, target(Tail, Place) ++ Targets} end,
    {_, Targets} = map_tails(Collect, [], Definition),
    lists:usort(Targets).

%% What a tail jumps to, of what this module knows.
target(Tail, #place{facade = Facade, jumps = Jumps}) ->
    case called(Tail) of
        {local, Name} -> [Name];
        {Facade, Function, Args} -> own({Function, length(Args)}, Jumps);
        {bt_send, self_send, [_, Selector | Args]} -> own(Selector, Args, Jumps);
        {bt_send, class_send, [_, _, Function | Args]} -> own(Function, Args, Jumps);
        {bt_send, _, [_, Selector | _]} -> evaluation(Selector);
        _ -> []
    end.

own(Selector, Args, Jumps) ->
    case cerl:is_c_atom(Selector) of
        true -> own({cerl:atom_val(Selector), length(Args) + 1}, Jumps);
        false -> []
    end.

own(Name, Jumps) ->
    [Name || is_map_key(Name, Jumps)].

evaluation(Selector) ->
    [block || cerl:is_c_atom(Selector), is_value(atom_to_list(cerl:atom_val(Selector)))].

is_value(Selector) ->
    lists:prefix("value", Selector).

called(Tail) ->
    case cerl:type(Tail) of
        apply -> {local, cerl:var_name(cerl:apply_op(Tail))};
        call -> called(cerl:call_module(Tail), cerl:call_name(Tail), cerl:call_args(Tail));
        _ -> none
    end.

called(Module, Name, Args) ->
    case cerl:is_c_atom(Module) andalso cerl:is_c_atom(Name) of
        true -> {cerl:atom_val(Module), cerl:atom_val(Name), Args};
        false -> none
    end.

%%% Frames

framed(Definition, Place) ->
    {Framed, []} = map_tails(fun(Tail, []) -> {framed_tail(Tail, Place), []} end, [], Definition),
    Framed.

framed_tail(Tail, Place) ->
    case cerl:type(Tail) =:= call andalso is_send(Tail) andalso not is_loop(Tail, Place) of
        true -> in_frame(Tail);
        false -> Tail
    end.

%% What the source does not say has no line.
is_send(Call) ->
    lists:any(fun is_integer/1, cerl:get_ann(Call)).

%% A block may be run by anything, also by what comes back to it.
is_loop(Call, #place{here = {Here, _} = Name, jumps = Jumps} = Place) ->
    case target(Call, Place) of
        [] -> false;
        [block] -> true;
        [Target] -> is_maker(Here) orelse reaches([Target], Name, Jumps, [])
    end.

is_maker(Name) ->
    lists:prefix("mk ", atom_to_list(Name)).

%% Whether jumps from the first functions may lead to the name, or into a block.
reaches([], _Name, _Jumps, _Seen) -> false;
reaches([Name | _], Name, _Jumps, _Seen) -> true;
reaches([block | _], _Name, _Jumps, _Seen) -> true;
reaches([Next | Rest], Name, Jumps, Seen) ->
    case lists:member(Next, Seen) of
        true -> reaches(Rest, Name, Jumps, Seen);
        false -> reaches(maps:get(Next, Jumps, []) ++ Rest, Name, Jumps, [Next | Seen])
    end.

in_frame(Call) ->
    Value = cerl:c_var('V_answer'),
    Never = cerl:c_clause([cerl:c_atom(?NEVER)], cerl:c_atom(nil)),
    Always = cerl:c_clause([Value], Value),
    cerl:c_case(Call, [Never, Always]).

%%% Tail positions

%% Maps and folds over the last expressions of all functions in a tree.
map_tails(F, Acc0, Tree) ->
    cerl_trees:mapfold(fun(Node, Acc) -> function(F, Acc, Node) end, Acc0, Tree).

function(F, Acc0, Tree) ->
    case cerl:type(Tree) of
        'fun' ->
            {Body, Acc} = tail(F, Acc0, cerl:fun_body(Tree)),
            {cerl:update_c_fun(Tree, cerl:fun_vars(Tree), Body), Acc};
        _ ->
            {Tree, Acc0}
    end.

tail(F, Acc0, Tree) ->
    case cerl:type(Tree) of
        'let' ->
            tail_of_let(F, Acc0, Tree, cerl:let_vars(Tree), cerl:let_body(Tree));
        seq ->
            {Body, Acc} = tail(F, Acc0, cerl:seq_body(Tree)),
            {cerl:update_c_seq(Tree, cerl:seq_arg(Tree), Body), Acc};
        letrec ->
            {Body, Acc} = tail(F, Acc0, cerl:letrec_body(Tree)),
            {cerl:update_c_letrec(Tree, cerl:letrec_defs(Tree), Body), Acc};
        'case' ->
            Clause = fun(Clause, Acc) -> clause(F, Acc, Clause) end,
            {Clauses, Acc} = lists:mapfoldl(Clause, Acc0, cerl:case_clauses(Tree)),
            {cerl:update_c_case(Tree, cerl:case_arg(Tree), Clauses), Acc};
        _ ->
            F(Tree, Acc0)
    end.

%% `let V = E in V' is E to the compiler.
tail_of_let(F, Acc0, Tree, Vars, Body0) ->
    case is_same(Vars, Body0) of
        true ->
            {Arg, Acc} = tail(F, Acc0, cerl:let_arg(Tree)),
            {cerl:update_c_let(Tree, Vars, Arg, Body0), Acc};
        false ->
            {Body, Acc} = tail(F, Acc0, Body0),
            {cerl:update_c_let(Tree, Vars, cerl:let_arg(Tree), Body), Acc}
    end.

is_same([Var], Body) -> cerl:is_c_var(Body) andalso cerl:var_name(Body) =:= cerl:var_name(Var);
is_same(_Vars, _Body) -> false.

clause(F, Acc0, Clause) ->
    {Body, Acc} = tail(F, Acc0, cerl:clause_body(Clause)),
    {cerl:update_c_clause(Clause, cerl:clause_pats(Clause), cerl:clause_guard(Clause), Body), Acc}.
