-module(counter_SUITE).
-export([all/0, counts/1]).

all() -> [counts].

counts(_Config) ->
    {ok, _} = application:ensure_all_started(shop),
    {ok, Counter} = 'bt.shop.Counter':start_link(),
    0 = gen_server:call(Counter, value).
