%% @doc The entry point of a node that runs one script:
%% `erl … -s bt_launch main -extra FACADE ARGUMENT…'.
-module(bt_launch).

-export([main/0]).

%% The process it starts ends with the node.
-dialyzer({no_return, main/0}).

%% @doc Runs the script; the node halts when it ends. SIGTERM ends it as it ends
%% any program, instead of a clean shutdown with exit status 0.
-spec main() -> pid().
main() ->
    [Facade | Arguments] = init:get_plain_arguments(),
    ok = os:set_signal(sigterm, default),
    spawn(fun() ->
        bt_script:run(list_to_atom(Facade), [unicode:characters_to_binary(A) || A <- Arguments])
    end).
