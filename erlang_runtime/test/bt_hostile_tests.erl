%% @doc No public message of the library answers hostile arguments with anything but a value or a
%% typed error: see bt_hostile.
-module(bt_hostile_tests).

-include_lib("eunit/include/eunit.hrl").

-define(SECONDS, 300).

hostile_arguments_test_() ->
    {timeout, ?SECONDS, fun() ->
        Directory = temporary_directory(),
        {ok, Peer, _Node} = start(Directory),
        try
            Classes = peer:call(Peer, bt_hostile, classes, [], infinity),
            ?assert(length(Classes) > 50),
            Findings = [{Class, run(Peer, Class)} || Class <- Classes],
            ?assertEqual([], [Found || {_, [_ | _]} = Found <- Findings])
        after
            peer:stop(Peer),
            file:del_dir_r(Directory)
        end
    end}.

%% A class that takes the whole node down has a finding, too.
run(Peer, Class) ->
    try
        peer:call(Peer, bt_hostile, run, [Class], ?SECONDS * 1000)
    catch
        _:Reason -> [{node_is_down, Reason}]
    end.

%% Files that a message makes stay out of the way.
temporary_directory() ->
    Name = "bt_hostile_" ++ integer_to_list(erlang:unique_integer([positive])),
    Directory = filename:join(filename:basedir(user_cache, "beamtalk"), Name),
    ok = filelib:ensure_path(Directory),
    Directory.

start(Directory) ->
    Paths = lists:append([["-pa", filename:absname(Path)] || Path <- beamtalk_path()]),
    {ok, Peer, Node} = peer:start(#{connection => standard_io, args => Paths, wait_boot => 60000}),
    ok = peer:call(Peer, file, set_cwd, [Directory]),
    {ok, Peer, Node}.

%% The runtime, the library and this test.
beamtalk_path() ->
    Modules = [bt_class, 'bt.stdlib.Object', bt_hostile, bt_hostile_live, bt_fixture],
    lists:usort([filename:dirname(File) || Module <- Modules, is_list(File = code:which(Module))]).
