%% @doc The terminal of an attached session, as its processes see it: their group leader, which runs
%% beside whoever sits there and hands all requests of Erlang's I/O protocol on to this node's own
%% standard input and output. It lives as long as the session.
-module(bt_terminal).

-export([start/0, follow/2]).

-define(FOLLOW, '$bt_follow').

%% @doc Starts one; it ends with the caller.
-spec start() -> pid().
start() ->
    spawn_link(fun loop/0).

%% @doc Lets the terminal end with a session.
-spec follow(pid(), pid()) -> ok.
follow(Terminal, Session) ->
    Terminal ! {?FOLLOW, Session},
    ok.

%% The answer goes straight to who asked.
loop() ->
    receive
        {io_request, _, _, _} = Request ->
            user ! Request,
            loop();
        {?FOLLOW, Session} ->
            _ = monitor(process, Session),
            loop();
        {'DOWN', _, process, _, _} ->
            ok;
        _ ->
            loop()
    end.
