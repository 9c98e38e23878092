%% @doc Stores of memories: keys and values, which are terms, over a backend that knows binaries.
%%
%% A backend answers requests, each at once or not at all. One behind a connection is asked through
%% a process of its own ({@link bt_agent_connection}); the others where the caller is.
-module(bt_agent_store).

-export([open/2, close/1, get/2, put/3, put_new/3, remove/2, update/3, keys/2, scan/2, is_store/1]).
-export_type([store/0, request/0, answer/0, problem/0]).

-define(TRIES, 200).

-type problem() :: {error, atom(), binary()}.
-type request() :: {get, binary()} | {put, binary(), binary()} | {put_new, binary(), binary()}
                 | {replace, binary(), binary(), binary()} | {remove, binary()}
                 | {keys, binary()} | {scan, binary()}.
-type answer() :: {ok, term()} | none | ok | conflict | problem().
-opaque store() :: {'$bt_store', module(), term()}.

%% What a backend opens is whatever it needs to answer requests.
-callback open(Options :: map()) -> {ok, term()} | problem().
-callback run(term(), request()) -> answer().
-callback close(term()) -> ok.

%% @doc Opens a store of a backend.
-spec open(module(), map()) -> {ok, store()} | problem().
open(Backend, Options) ->
    case Backend:open(Options) of
        {ok, Handle} -> {ok, {'$bt_store', Backend, Handle}};
        {error, _, _} = Problem -> Problem
    end.

%% @doc Closes it; a store that is closed answers errors.
-spec close(store()) -> ok.
close({'$bt_store', Backend, Handle}) -> Backend:close(Handle).

%% @doc The value of a key.
-spec get(store(), binary()) -> {ok, term()} | none | problem().
get(Store, Key) ->
    decoded(run(Store, {get, Key})).

%% @doc Gives a key a value.
-spec put(store(), binary(), term()) -> ok | problem().
put(Store, Key, Value) ->
    with_encoded(Value, fun(Bytes) -> run(Store, {put, Key, Bytes}) end).

%% @doc Gives a key a value unless it has one, which is a conflict.
-spec put_new(store(), binary(), term()) -> ok | conflict | problem().
put_new(Store, Key, Value) ->
    with_encoded(Value, fun(Bytes) -> run(Store, {put_new, Key, Bytes}) end).

%% @doc Takes a key away; answers what it had.
-spec remove(store(), binary()) -> {ok, term()} | none | problem().
remove(Store, Key) ->
    decoded(run(Store, {remove, Key})).

%% @doc Gives a key the value that a function answers to the one it has, as if nobody else wrote.
-spec update(store(), binary(), fun((list()) -> term())) -> {ok, term()} | problem().
update(Store, Key, Fun) ->
    update(Store, Key, Fun, ?TRIES).

update(_Store, _Key, _Fun, 0) ->
    {error, busy, <<"others write the key all the time">>};
update(Store, Key, Fun, Tries) ->
    case run(Store, {get, Key}) of
        none -> replaced(Store, Key, Fun, Tries, [], fun(New) -> {put_new, Key, New} end);
        {ok, Old} ->
            case decoded({ok, Old}) of
                {ok, Value} ->
                    replaced(Store, Key, Fun, Tries, [Value],
                             fun(New) -> {replace, Key, Old, New} end);
                Problem -> Problem
            end;
        Problem -> Problem
    end.

replaced(Store, Key, Fun, Tries, Values, Request) ->
    New = Fun(Values),
    case with_encoded(New, fun(Bytes) -> run(Store, Request(Bytes)) end) of
        ok -> {ok, New};
        conflict ->
            timer:sleep(rand:uniform(4) - 1),
            update(Store, Key, Fun, Tries - 1);
        Problem -> Problem
    end.

%% @doc The keys that begin so, in order.
-spec keys(store(), binary()) -> {ok, [binary()]} | problem().
keys(Store, Prefix) ->
    run(Store, {keys, Prefix}).

%% @doc The keys that begin so with their values, in the order of the keys.
-spec scan(store(), binary()) -> {ok, [{binary(), term()}]} | problem().
scan(Store, Prefix) ->
    case run(Store, {scan, Prefix}) of
        {ok, Rows} -> decoded_rows(Rows, []);
        Problem -> Problem
    end.

decoded_rows([], Rows) -> {ok, lists:reverse(Rows)};
decoded_rows([{Key, Bytes} | Rest], Rows) ->
    case decoded({ok, Bytes}) of
        {ok, Value} -> decoded_rows(Rest, [{Key, Value} | Rows]);
        Problem -> Problem
    end.

%% @doc Whether a term is an open store.
-spec is_store(term()) -> boolean().
is_store({'$bt_store', _, _}) -> true;
is_store(_) -> false.

run({'$bt_store', Backend, Handle}, Request) -> Backend:run(Handle, Request).

with_encoded(Value, Fun) ->
    case is_data(Value) of
        true -> Fun(term_to_binary(Value));
        false -> {error, no_data, <<"a block, a process or a reference cannot be kept">>}
    end.

%% What comes from outside may be anything; what was not written by a store is refused.
decoded({ok, Bytes}) ->
    try binary_to_term(Bytes) of
        Value ->
            case is_data(Value) of
                true -> {ok, complete(Value)};
                false -> unreadable()
            end
    catch error:badarg -> unreadable()
    end;
decoded(Other) -> Other.

%% What an older version has written. A Value of a class that is not here may be of use to others,
%% and must not hide what is beside it.
complete(Value) ->
    case bt_agent_values:complete(Value) of
        {ok, Complete} -> Complete;
        {unknown, _Class} -> Value
    end.

unreadable() -> {error, unreadable, <<"the value was not written by a store">>}.

is_data(Term) when is_function(Term); is_pid(Term); is_port(Term); is_reference(Term) -> false;
is_data([Head | Tail]) -> is_data(Head) andalso is_data(Tail);
is_data(Term) when is_tuple(Term) -> is_data(tuple_to_list(Term));
is_data(Term) when is_map(Term) -> is_data(maps:to_list(Term));
is_data(_) -> true.
