-module(front).
-export([main/1, go/0]).
main(_) -> {ok, _} = application:ensure_all_started(front), io:format("~ts~n", [go()]).
go() -> 'bt.front.Front':'class show'('bt.front.Front':'$meta'()).
