%% @doc The way in for sessions from other nodes: what the node that attaches calls here.
%%
%% Where the runtime does not run yet it is started, and stopped again with the last session, unless
%% there is something by then that needs it: actors, classes that were loaded or patched.
-module(bt_attached).

-export([protocol/0, describe/0, attach/2, session_ended/0]).

-define(APPLICATION, beamtalk_runtime).
-define(BORROWED, started_by_attaching).
%% Changes whenever the two sides of a session could not understand each other any more.
-define(PROTOCOL, 1).

%% @doc The version of the protocol between a session and its bridge.
-spec protocol() -> pos_integer().
protocol() -> ?PROTOCOL.

%% @doc What who attaches has to know.
-spec describe() -> #{otp := string(), version := string(), stdlib := boolean()}.
describe() ->
    #{
        otp => erlang:system_info(otp_release),
        version => version(application:load(?APPLICATION)),
        stdlib => code:ensure_loaded('bt.stdlib.Object') =/= {error, nofile}
    }.

version(_Loaded) ->
    case application:get_key(?APPLICATION, vsn) of
        {ok, Version} -> Version;
        undefined -> "unknown"
    end.

%% @doc Starts a session that works for a process of another node, and writes to a terminal there.
-spec attach(pid(), pid()) -> {ok, pid()} | {error, term()}.
attach(Owner, Terminal) ->
    case application:ensure_all_started(?APPLICATION) of
        {ok, Started} ->
            ok = borrowed(Started),
            {ok, bt_session_guard:start(Owner, Terminal)};
        {error, _} = Error ->
            Error
    end.

borrowed([]) -> ok;
borrowed(Started) -> application:set_env(?APPLICATION, ?BORROWED, Started).

%% @doc A session has ended: perhaps nobody needs the runtime any more.
-spec session_ended() -> ok.
session_ended() ->
    case application:get_env(?APPLICATION, ?BORROWED) of
        {ok, Started} -> stop_if_unused(Started);
        undefined -> ok
    end.

%% The guard that says so is a process of the application itself, as all that have its group leader.
stop_if_unused(Started) ->
    _ = spawn(fun() ->
        true = group_leader(whereis(init), self()),
        case bt_session_guard:sessions() =:= [] andalso is_unused() of
            true -> stop(Started);
            false -> ok
        end
    end),
    ok.

stop(Started) ->
    ok = application:unset_env(?APPLICATION, ?BORROWED),
    _ = [application:stop(Application) || Application <- lists:reverse(Started)],
    lists:foreach(fun unload/1, [M || M <- bt_code:loaded(), is_input(M)]).

is_unused() ->
    not lists:any(fun is_made_here/1, bt_code:loaded())
        andalso bt_instances:all_below('bt.stdlib.Object') =:= [].

%% A class that no file has as it is: defined or changed in a session.
is_made_here(Module) ->
    lists:prefix("bt.", atom_to_list(Module))
        andalso not lists:member($\s, atom_to_list(Module))
        andalso not is_input(Module)
        andalso lists:any(fun is_mark/1, Module:module_info(attributes)).

is_mark({Name, _}) -> Name =:= beamtalk_live orelse Name =:= beamtalk_removed.

is_input(Module) -> lists:prefix("bt.repl.", atom_to_list(Module)).

unload(Module) ->
    _ = code:purge(Module),
    _ = code:delete(Module),
    code:purge(Module).
