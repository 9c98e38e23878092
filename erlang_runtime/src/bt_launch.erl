%% @doc The entry point of a node that runs one script:
%% `erl … -s bt_launch main -extra FACADE ARGUMENT…'.
-module(bt_launch).

-export([main/0]).

%% The process it starts ends with the node.
-dialyzer({no_return, main/0}).

%% @doc Runs the script; the node halts when it ends, or after SIGTERM (bt_signals).
-spec main() -> pid().
main() ->
    [Facade | Arguments] = init:get_plain_arguments(),
    ok = bt_signals:handle(),
    spawn(fun() -> run(list_to_atom(Facade), Arguments) end).

%% A fault of the run time itself, such as a module that is gone, must not leave a node
%% behind that waits for nothing.
-spec run(module(), [string()]) -> no_return().
run(Facade, Arguments) ->
    try
        bt_script:run(Facade, [unicode:characters_to_binary(A) || A <- Arguments])
    catch
        Class:Reason ->
            Text = io_lib:format("beamtalk: the run time failed: ~0tp:~0tp~n", [Class, Reason]),
            io:put_chars(standard_error, Text),
            erlang:halt(1)
    end.
