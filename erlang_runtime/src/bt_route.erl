%% @doc Messages to supervisors: what a supervisor does not understand goes to the first child that
%% responds to it, in turn within a pool. All of that happens in the sender's process.
-module(bt_route).

-export([send/5, responds/3]).

-type verb() :: send | call | cast.
%% First number and size of the group that takes turns. Numbers of a group follow each other.
-type route() :: {turns, pos_integer(), pos_integer(), atomics:atomics_ref()}
               | {dynamic, atomics:atomics_ref()}.

%% @doc Answers a message to a process that bt_processes knows, or sends it on.
-spec send(verb(), pid(), {module(), term()}, atom(), [term()]) -> term().
send(Verb, Pid, {Facade, Data}, Selector, Arguments) ->
    case receiver(Pid, Facade, Data, Selector, length(Arguments)) of
        own -> answer(Verb, apply(Facade, Selector, [Pid | Arguments]));
        {child, Child} -> forward(Verb, Child, Selector, Arguments)
    end.

answer(call, Value) -> bt_op:touch(Value);
answer(_, Value) -> Value.

forward(send, Child, Selector, Arguments) -> bt_send:send_list(Child, Selector, Arguments);
forward(call, Child, Selector, Arguments) -> bt_send:call_list(Child, Selector, Arguments);
forward(cast, Child, Selector, Arguments) -> bt_send:cast_list(Child, Selector, Arguments).

-spec receiver(pid(), module(), term(), atom(), arity()) -> own | {child, pid()}.
receiver(Pid, Facade, Data, Selector, Arity) ->
    case erlang:function_exported(Facade, Selector, Arity + 1) orelse Data =:= none of
        true -> own;
        false -> routed(Pid, Facade, Data, Selector, Arity)
    end.

routed(Pid, Facade, Table, Selector, Arity) ->
    try route(Facade, Table, Selector, Arity) of
        none -> own;
        Route -> chosen(Pid, next(Table, Route))
    catch
        error:badarg ->
            %% The table went with the supervisor.
            bt_error:raise(bt_fault:actor_died(Pid, Facade, noproc))
    end.

chosen(Pid, nil) -> bt_error:raise(bt_fault:actor_died(Pid, unknown, noproc));
chosen(_, Child) -> {child, Child}.

%% @doc Whether a supervisor, or a child somewhere below it, has a method for the message.
-spec responds(pid(), atom(), arity()) -> boolean().
responds(Supervisor, Selector, Arity) ->
    case bt_processes:lookup(Supervisor) of
        {Facade, Table} ->
            erlang:function_exported(Facade, Selector, Arity + 1)
                orelse find(Table, Selector, Arity) =/= none;
        none -> false
    end.

%%% Which children

%% Routes are kept until a class is loaded or a method changes. What nobody understands is not
%% kept, and what every object understands is none of the children's business.
-spec route(module(), ets:tid(), atom(), arity()) -> route() | none.
route(Facade, Table, Selector, Arity) ->
    Key = {route, Selector, Arity},
    Version = bt_class:version(),
    case ets:lookup(Table, Key) of
        [{_, Version, Route}] -> Route;
        _ ->
            case bt_class:find(Facade, Selector, Arity + 1) =:= none
                andalso find(Table, Selector, Arity) of
                false -> none;
                none -> none;
                Route ->
                    ets:insert(Table, {Key, Version, Route}),
                    Route
            end
    end.

-spec find(ets:tid(), atom(), arity()) -> route() | none.
find(Table, Selector, Arity) ->
    Rows = ets:select(Table, [{{'_', '_', '_', '_', '_'}, [], ['$_']}]),
    case lists:search(fun(Row) -> understands(Row, Selector, Arity) end, Rows) of
        {value, {_, _, _, _, 0}} -> {dynamic, atomics:new(1, [])};
        {value, {_, _, _, _, Group}} ->
            Members = [N || {N, _, _, _, G} <- Rows, G =:= Group],
            {turns, hd(Members), length(Members), atomics:new(1, [])};
        false -> none
    end.

understands({_, _, _, nil, _}, _, _) -> false;
understands({_, _, Pid, Class, _}, Selector, Arity) ->
    case bt_class:kind(Class) of
        supervisor -> is_pid(Pid) andalso responds(Pid, Selector, Arity);
        _ -> erlang:function_exported(Class, Selector, Arity + 1)
    end.

%%% Which one of them

%% A member that is dead is passed over; if all are, the first is waited for.
-spec next(ets:tid(), route()) -> pid() | nil.
next(Table, {turns, N, 1, _}) -> bt_supervisor:live(Table, N);
next(Table, {turns, First, Size, Counter}) ->
    Turn = atomics:add_get(Counter, 1, 1) - 1,
    take_turn(Table, {First, Size}, Turn, Turn + Size);
next(Table, {dynamic, Last}) ->
    N = following(Table, atomics:get(Last, 1)),
    atomics:put(Last, 1, N),
    after_that(Table, N, N).

take_turn(Table, Members, End, End) ->
    bt_supervisor:live(Table, member(Members, End));
take_turn(Table, Members, Turn, End) ->
    Pid = ets:lookup_element(Table, member(Members, Turn), 3),
    case is_pid(Pid) andalso bt_actor:is_alive(Pid) of
        true -> Pid;
        false -> take_turn(Table, Members, Turn + 1, End)
    end.

member({First, Size}, Turn) -> First + Turn rem Size.

%% The numbers of a DynamicSupervisor's children have gaps. Rows of routes come after all numbers.
following(Table, N) ->
    case ets:next(Table, N) of
        Next when is_integer(Next) -> Next;
        _ -> first(ets:first(Table))
    end.

first(N) when is_integer(N) -> N;
first(_) -> 0.

after_that(_, 0, _) -> nil;
after_that(Table, N, Start) ->
    case ets:lookup(Table, N) of
        [{_, _, Pid, _, _}] when is_pid(Pid) ->
            case bt_actor:is_alive(Pid) of
                true -> Pid;
                false -> go_round(Table, following(Table, N), Start)
            end;
        _ -> go_round(Table, following(Table, N), Start)
    end.

go_round(Table, Start, Start) when Start =/= 0 -> bt_supervisor:live(Table, Start);
go_round(Table, N, Start) -> after_that(Table, N, Start).
