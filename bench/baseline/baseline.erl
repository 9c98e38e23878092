%% @doc The benchmarks by hand, as an Erlang programmer would write them.
-module(baseline).

-behaviour(gen_server).

-export([sum_to/1, fib/1, collect/1, select/1, inject/1, ask/2, tell/2, pipeline/2, start/0]).
-export([fill/1, touch/2, members/1, text/1]).
-export([document/1, encode/1, decode/1]).
-export([init/1, handle_call/3, handle_cast/2]).

-spec sum_to(integer()) -> integer().
sum_to(N) -> sum_to(1, N, 0).

sum_to(I, N, Sum) when I =< N -> sum_to(I + 1, N, Sum + I);
sum_to(_, _, Sum) -> Sum.

-spec fib(integer()) -> integer().
fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

-spec collect([integer()]) -> [integer()].
collect(List) -> lists:map(fun(Each) -> Each + 1 end, List).

-spec select([integer()]) -> [integer()].
select(List) -> lists:filter(fun(Each) -> Each > 10 end, List).

-spec inject([integer()]) -> integer().
inject(List) -> lists:foldl(fun(Each, Sum) -> Sum + Each end, 0, List).

-spec fill(integer()) -> #{integer() => integer()}.
fill(N) -> fill(1, N, #{}).

fill(I, N, Map) when I =< N -> fill(I + 1, N, Map#{I => I});
fill(_, _, Map) -> Map.

-spec touch(integer(), #{integer() => integer()}) -> integer().
touch(N, Map) -> touch(1, N, Map, 0).

touch(I, N, Map, Sum0) when I =< N ->
    Sum = Sum0 + maps:get(I, Map),
    touch(I + 1, N, maps:put(I, Sum, Map), Sum);
touch(_, _, _, Sum) -> Sum.

-spec members(integer()) -> integer().
members(N) ->
    Map = maps:from_list([]),
    count(1, N, add(1, N, Map), 0).

add(I, N, Map) when I =< N -> add(I + 1, N, maps:put(I, true, Map));
add(_, _, Map) -> Map.

count(I, N, Map, Found) when I =< N, is_map_key(I, Map) -> count(I + 1, N, Map, Found + 1);
count(I, N, Map, Found) when I =< N -> count(I + 1, N, Map, Found);
count(_, _, _, Found) -> Found.

-spec text(integer()) -> binary().
text(N) -> text(N, <<>>).

text(0, Text) -> Text;
text(N, Text) -> text(N - 1, <<Text/binary, "0123456789">>).

%% 3 MB of JSON are a document of 16,000 entries.
-spec document(pos_integer()) -> [map()].
document(Entries) ->
    [#{
        <<"id">> => I, <<"name">> => <<"user ", (integer_to_binary(I))/binary>>,
        <<"email">> => <<"some.one@example.org">>, <<"score">> => I * 1.37,
        <<"active">> => I rem 2 =:= 0, <<"tags">> => [<<"alpha">>, <<"beta">>, <<"gamma">>],
        <<"position">> => #{<<"x">> => I, <<"y">> => -I}, <<"parent">> => nil
    } || I <- lists:seq(1, Entries)].

-spec encode(term()) -> binary().
encode(Value) -> iolist_to_binary(jiffy:encode(Value, [use_nil])).

-spec decode(binary()) -> term().
decode(Text) -> jiffy:decode(Text, [return_maps, use_nil]).

-spec start() -> pid().
start() ->
    {ok, Pid} = gen_server:start_link(?MODULE, [], []),
    Pid.

-spec ask(pid(), non_neg_integer()) -> ok.
ask(_, 0) -> ok;
ask(Pid, N) ->
    _ = gen_server:call(Pid, value),
    ask(Pid, N - 1).

-spec tell(pid(), non_neg_integer()) -> integer().
tell(Pid, 0) -> gen_server:call(Pid, value, infinity);
tell(Pid, N) ->
    ok = gen_server:cast(Pid, poke),
    tell(Pid, N - 1).

%% As many calls one after the other: gen_server:call cannot have several under way.
-spec pipeline(pid(), non_neg_integer()) -> ok.
pipeline(Pid, N) -> ask(Pid, N * 100).

init([]) -> {ok, 0}.

handle_call(value, _From, Count) -> {reply, Count, Count}.

handle_cast(poke, Count) -> {noreply, Count + 1}.
