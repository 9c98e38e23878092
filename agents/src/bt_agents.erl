%% @doc What agents need of the run time: promises, processes that end with their agent, and actors
%% that begin as a copy of another.
-module(bt_agents).

-export([promise/0, settle/2, reject/2, is/3, leash/2, release/1, tidy/1, clone/2, dig/2, dig/3]).
-export([facade/1, own_variables/0, assign/2, is_plain/1, longest_prefix/2, server/1]).
-export([float32/1, text/1]).
-export_type([promise/0]).

-type promise() :: {bt_future:future(), integer(), bt_future:address()}.

%% @doc A future that this process will settle, in a tuple, so that nobody waits for it by accident.
-spec promise() -> promise().
promise() ->
    Future = bt_future:new(self()),
    {Id, Address} = bt_future:address(Future, self()),
    {Future, Id, Address}.

%% @doc Gives the future of a promise its value; after a restart nobody waits for it any more.
-spec settle(promise() | nil, term()) -> ok.
settle(nil, _Value) -> ok;
settle({_Future, Id, Address}, Value) ->
    _ = bt_future_store:settle(Id, Address, {ok, Value}),
    ok.

%% @doc Lets the future of a promise fail with an exception.
-spec reject(promise() | nil, map()) -> ok.
reject(nil, _Exception) -> ok;
reject({_Future, Id, Address}, Exception) ->
    _ = bt_future_store:settle(Id, Address, {error, Exception}),
    ok.

%% @doc Whether something in a tuple is the future of a promise, or the number of its turn.
-spec is({term()}, promise() | nil, integer()) -> boolean().
is({{'$bt_future', _, _, _} = Future}, {_Promise, Id, _Address}, _Number) ->
    %% The caller's own future is settled with that of the promise.
    case bt_future:tail(Future) of
        {pending, {'$bt_future', Id, _, _}} -> true;
        _ -> false
    end;
is({Number}, _Promise, Number) -> true;
is(_Other, _Promise, _Number) -> false.

%% @doc Kills a process as soon as its owner has ended, or says so with `release/1'. Without a link,
%% so that the end of the process does not concern the owner.
-spec leash(pid(), pid()) -> pid().
leash(Owner, Process) ->
    spawn_opt(fun() -> hold(Owner, Process) end, [{min_heap_size, 1}]).

hold(Owner, Process) ->
    OwnerRef = monitor(process, Owner),
    Ref = monitor(process, Process),
    receive
        {'DOWN', OwnerRef, process, _, _} -> exit(Process, kill);
        {'DOWN', Ref, process, _, _} -> ok;
        release -> bt_actor:kill(Process)
    end.

%% @doc The process of a leash is done: it ends, if it has not yet. Nobody waits for that.
-spec release(pid()) -> ok.
release(Leash) ->
    Leash ! release,
    ok.

%% @doc An actor of the class of this process, with these variables and the initial values of the
%% others; `initialize' does not run.
-spec clone(bt_class:object(), #{atom() => term()}) -> pid().
clone(#{module := Facade}, Variables) ->
    Clone = bt_actor_start:spawn_copy(Facade, Variables),
    ok = bt_agent_table:helper(Clone),
    Clone.

%% @doc The variables of this process, an agent, that its class has besides those of every agent.
-spec own_variables() -> #{atom() => term()}.
own_variables() ->
    Class = get('$bt_class'),
    Keys = bt_class:cached({?MODULE, variables, Class}, fun() -> own_keys(Class) end),
    maps:from_list([{Name, get(Key)} || {Name, Key} <- Keys, get(Key) =/= undefined]).

own_keys(Class) ->
    [{Name, bt_state:key(Name)}
     || Name <- bt_class:variables(Class) -- bt_class:variables('bt.agents.Agent')].

%% @doc Gives this actor's variables these values, but for those whose value is what it was before.
-spec assign(#{atom() => term()}, #{atom() => term()}) -> ok.
assign(After, Before) ->
    bt_state:assign(maps:filter(fun(Name, Value) -> is_changed(Name, Value, Before) end, After)).

is_changed(Name, Value, Before) ->
    case Before of
        #{Name := Value} -> false;
        #{Name := _} -> true;
        #{} -> false
    end.

%% @doc Has the garbage of an actor collected as soon as it waits. In the middle of a message it
%% would find little: what the message was about is still held. The second time the heap becomes
%% smaller.
-spec tidy(pid()) -> ok.
tidy(Actor) ->
    _ = spawn_opt(fun() ->
        _ = garbage_collect(Actor),
        garbage_collect(Actor)
    end, [{min_heap_size, 1}]),
    ok.

%% @doc What stands at the end of a path of keys and indexes in parsed JSON, or nil.
-spec dig([term()], term()) -> term().
dig([Key | Path], Data) when is_map_key(Key, Data), is_binary(Key) -> dig(Path, map_get(Key, Data));
dig([Index | Path], Data) when is_list(Data), is_integer(Index), Index > 0 ->
    dig(Path, element_at(Index, Data));
dig([], Data) -> Data;
dig(_Path, _Data) -> nil.

%% @doc The same, but the default where it is of another kind than that: no map, list, binary or
%% integer as the default is one.
-spec dig([term()], term(), Default) -> Default.
dig(Path, Data, Default) ->
    Found = dig(Path, Data),
    case is_kind_of(Found, Default) of
        true -> Found;
        false -> Default
    end.

is_kind_of(Found, Default) when is_binary(Default) -> is_binary(Found);
is_kind_of(Found, Default) when is_integer(Default) -> is_integer(Found);
is_kind_of(Found, Default) when is_list(Default) -> is_list(Found);
is_kind_of(Found, Default) when is_map(Default) -> is_map(Found);
is_kind_of(_Found, _Default) -> false.

element_at(1, [First | _]) -> First;
element_at(Index, [_ | Rest]) -> element_at(Index - 1, Rest);
element_at(_Index, _) -> nil.

%% @doc The module that is called for a class.
-spec facade(bt_class:object()) -> module().
facade(#{module := Facade}) -> Facade.

%% @doc Whether a text is of up to 64 letters, digits, `_' and `-', and not empty.
-spec is_plain(binary()) -> boolean().
is_plain(Text) when byte_size(Text) > 64; Text =:= <<>> -> false;
is_plain(Text) -> all_plain(Text).

all_plain(<<C, Rest/binary>>)
  when C >= $a, C =< $z; C >= $A, C =< $Z; C >= $0, C =< $9; C =:= $_; C =:= $- ->
    all_plain(Rest);
all_plain(Rest) -> Rest =:= <<>>.

%% @doc The longest of some texts, the keys of a map, with which a text begins, or nil.
-spec longest_prefix(binary(), #{binary() => term()}) -> binary() | nil.
longest_prefix(Text, Known) -> longest_prefix(Text, Known, byte_size(Text)).

longest_prefix(Text, Known, Size) ->
    Prefix = binary:part(Text, 0, Size),
    case Known of
        #{Prefix := _} -> Prefix;
        #{} when Size > 0 -> longest_prefix(Text, Known, Size - 1);
        #{} -> nil
    end.

%% @doc The gen_server of a module, registered under its name; it begins when it is first needed.
-spec server(module()) -> pid().
server(Module) ->
    case whereis(Module) of
        undefined ->
            _ = gen_server:start({local, Module}, Module, [], []),
            server(Module);
        Pid -> Pid
    end.

%% @doc A number in four bytes, the lowest first.
-spec float32(number()) -> binary().
float32(Number) -> <<Number:32/little-float>>.

%% @doc A text with each byte that is none of UTF-8 replaced by the character for that.
-spec text(binary()) -> binary().
text(Bytes) ->
    case unicode:characters_to_binary(Bytes) of
        Text when is_binary(Text) -> Text;
        {_, Good, Rest} -> iolist_to_binary(repaired(Rest, [Good]))
    end.

repaired(<<_, Rest/binary>>, Parts) ->
    case unicode:characters_to_binary(Rest) of
        Text when is_binary(Text) -> [Parts, <<16#FFFD/utf8>>, Text];
        {_, Good, Left} -> repaired(Left, [Parts, <<16#FFFD/utf8>>, Good])
    end.
