%% @doc The debug information of facades. They are assembled (bt_facade), so they have no source;
%% for Dialyzer they say in Core Erlang what their instructions do.
-module(bt_facade_core).

-export([data/1, debug_info/4]).
-export_type([data/0, row/0, code/0]).

-opaque data() :: binary().
-type row() :: {bt_facade:fa(), code()}.
%% A jump to the function of the same name; one that only the actor's own process takes; or a call
%% with these and the function's own arguments.
-type code() :: {jump, module()} | {own, module(), bt_layout:layout()}
              | {call, module(), atom(), First :: [term()]} | {answer, term()}.

%% @doc Packs what the functions of a facade do for the debug_info chunk.
-spec data([row()]) -> data().
data(Functions) -> zlib:compress(term_to_binary(Functions)).

%% @doc The backend callback of OTP's `debug_info' chunk.
-spec debug_info(core_v1 | erlang_v1, module(), data(), [term()]) ->
    {ok, cerl:c_module()} | {error, unknown_format}.
debug_info(core_v1, Module, Data, _Options) ->
    Functions = binary_to_term(zlib:uncompress(Data)),
    Definitions = [{cerl:c_fname(Name, Arity), definition(Name, Arity, Code)}
                   || {{Name, Arity}, Code} <- Functions],
    Exports = [Name || {Name, _} <- Definitions],
    Core = cerl:c_module(cerl:c_atom(Module), Exports, [], Definitions),
    {ok, bt_debug_info:placed(Core, atom_to_list(Module))};
debug_info(_Format, _Module, _Data, _Options) ->
    {error, unknown_format}.

definition(Name, Arity, Code) ->
    Variables = [cerl:c_var(N) || N <- lists:seq(0, Arity - 1)],
    cerl:c_fun(Variables, body(Code, Name, Variables)).

body({jump, Target}, Name, Variables) ->
    call(Target, Name, Variables);
body({answer, Value}, _Name, _Variables) ->
    cerl:abstract(Value);
body({call, Target, Function, First}, _Name, Variables) ->
    call(Target, Function, [cerl:abstract(Term) || Term <- First] ++ Variables);
body({own, Target, Layout}, Name, [Receiver | Arguments]) ->
    Self = call(erlang, self, []),
    Foreign = call(bt_send, call_list, [Receiver, cerl:c_atom(Name), cerl:make_list(Arguments)]),
    Outdated = choice(call(erlang, is_integer, [Receiver]), cerl:c_atom('$bt_outdated'), Foreign),
    Others = choice(equal(Receiver, cerl:abstract(Layout)), call(Target, Name, [Self | Arguments]),
                    Outdated),
    choice(equal(Receiver, Self), call(Target, Name, [Receiver | Arguments]), Others).

call(Module, Function, Arguments) ->
    cerl:c_call(cerl:c_atom(Module), cerl:c_atom(Function), Arguments).

equal(A, B) -> call(erlang, '=:=', [A, B]).

choice(Condition, Then, Else) ->
    cerl:c_case(Condition, [cerl:c_clause([cerl:c_atom(true)], Then),
                            cerl:c_clause([cerl:c_atom(false)], Else)]).
