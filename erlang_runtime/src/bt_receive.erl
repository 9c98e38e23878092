%% @doc What `Process receive:' needs besides the Erlang receive that the compiler makes of it.
%%
%% The receive begins with clauses for the runtime's own messages. An actor leaves them in its
%% mailbox: it does such things between its messages. Any other process would wait for ever for a
%% block that its own timer or future has to run, so it does what they ask for and goes on waiting.
-module(bt_receive).

-export([blocks/0, serve/1, deadline/1, left/1, kinds/2, no_arms/1]).

%% The longest time that a receive can wait, some 49 days. More is for ever.
-define(LONGEST_MS, 16#ffffffff).

%% @doc The blocks that this process has registered, by reference; in an actor no map.
-spec blocks() -> #{reference() => term()} | actor.
blocks() ->
    case get('$bt_mode') of
        actor -> actor;
        _ -> bt_when:blocks()
    end.

%% @doc Does what a message of the runtime asks for.
-spec serve(tuple()) -> ok.
serve({'$bt_reply', Ref, settled}) -> ready(Ref, settled);
serve({'DOWN', Ref, process, _, Reason}) -> ready(Ref, {down, Reason});
serve({'$bt_timer', Timer}) ->
    _ = bt_timer:fire(Timer),
    ok.

ready(Ref, News) ->
    _ = bt_when:ready(Ref, News),
    ok.

%% @doc The moment until which to wait.
-spec deadline(term()) -> bt_wait:deadline().
deadline(Ms) when is_integer(Ms), Ms >= 0, Ms =< ?LONGEST_MS -> bt_wait:deadline(Ms);
deadline(Ms) when is_integer(Ms), Ms > ?LONGEST_MS -> infinity;
deadline(Ms) when is_float(Ms), Ms >= 0 -> deadline(round(Ms));
deadline(Value) ->
    case bt_future:is_future(Value) of
        true -> deadline(bt_future:await(Value));
        false -> bt_prim_collection:type_error(<<"milliseconds">>, Value, nil, 'receive:after:do:')
    end.

%% @doc The milliseconds until a deadline.
-spec left(bt_wait:deadline()) -> bt_wait:limit().
left(Deadline) -> bt_wait:left(Deadline).

%% @doc A map whose keys are a class and all that inherit from it, as facades: those the compiler
%% knew, which need not be loaded yet, and those that are loaded now.
-spec kinds(module(), [module()]) -> #{module() => []}.
kinds(Facade, Known) -> bt_class:kinds(Facade, Known).

%% @doc `Process receive:' without literal arms.
-spec no_arms(term()) -> no_return().
no_arms(Block) ->
    Exception = bt_fault:type_error(<<"a literal block of arms, [pattern -> ...]">>, Block),
    bt_error:raise(Exception#{selector := 'receive:',
                            hint := <<"write the arms in the brackets after receive:">>}).
