-module(bt_elixir_tests).
-include_lib("eunit/include/eunit.hrl").

%% An installation such as packages make it: the program is a link to a link.
libraries_test() ->
    Root = filename:join("/tmp", "bt_elixir_" ++ os:getpid()),
    Ebin = filename:join(Root, "opt/elixir/lib/elixir/ebin"),
    Bin = filename:join(Root, "opt/elixir/bin"),
    Usr = filename:join(Root, "usr/bin"),
    [ok = filelib:ensure_path(Directory) || Directory <- [Ebin, Bin, Usr]],
    ok = file:write_file(filename:join(Bin, "elixir"), <<>>),
    ok = file:make_symlink("../../opt/elixir/bin/elixir", filename:join(Usr, "elixir-1")),
    ok = file:make_symlink("elixir-1", filename:join(Usr, "elixir")),
    Libraries = bt_elixir:libraries(filename:join(Usr, "elixir")),
    ok = file:del_dir_r(Root),
    ?assertMatch([_], Libraries),
    ?assertEqual("ebin", filename:basename(hd(Libraries))).
