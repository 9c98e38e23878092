%% @doc Runs the tests of the runtime: EUnit modules (*_tests), properties of PropEr (prop_*) and
%% Common Test suites (*_SUITE). `erl … -s erlang_tests main -extra TEST-EBIN RESULT-FILE'; the
%% result file gets the numbers of passed and failed tests.
-module(erlang_tests).
-behaviour(eunit_listener).

-export([main/0]).
-export([start/1, init/1, handle_begin/3, handle_end/3, handle_cancel/3, terminate/2]).

-define(PROPERTY_RUNS, 200).

-type counts() :: {Passed :: non_neg_integer(), Failed :: non_neg_integer()}.

-spec main() -> no_return().
main() ->
    [Directory, ResultFile] = init:get_plain_arguments(),
    Modules = [
        list_to_atom(filename:basename(File, ".beam"))
     || File <- filelib:wildcard(filename:join(Directory, "*.beam"))
    ],
    {Passed, Failed} = add([
        unit_tests([M || M <- Modules, has_suffix(M, "_tests")]),
        properties([M || M <- Modules, has_prefix(M, "prop_")]),
        suites([M || M <- Modules, has_suffix(M, "_SUITE")], Directory)
    ]),
    ok = file:write_file(ResultFile, io_lib:format("~b ~b~n", [Passed, Failed])),
    halt(min(Failed, 1)).

add(Counts) ->
    {lists:sum([P || {P, _} <- Counts]), lists:sum([F || {_, F} <- Counts])}.

has_suffix(Module, Suffix) -> lists:suffix(Suffix, atom_to_list(Module)).
has_prefix(Module, Prefix) -> lists:prefix(Prefix, atom_to_list(Module)).

%%% EUnit

-spec unit_tests([module()]) -> counts().
unit_tests([]) ->
    {0, 0};
unit_tests(Modules) ->
    _ = eunit:test(Modules, [{report, {?MODULE, [{to, self()}]}}]),
    receive
        {?MODULE, Counts} -> Counts
    end.

-spec start(list()) -> pid().
start(Options) -> eunit_listener:start(?MODULE, Options).

-spec init(list()) -> pid().
init(Options) -> proplists:get_value(to, Options).

-spec handle_begin(atom(), list(), pid()) -> pid().
handle_begin(_Kind, _Data, To) -> To.

-spec handle_end(atom(), list(), pid()) -> pid().
handle_end(_Kind, _Data, To) -> To.

-spec handle_cancel(atom(), list(), pid()) -> pid().
handle_cancel(_Kind, _Data, To) -> To.

%% A cancelled test or group, one whose set-up failed say, counts as failed.
-spec terminate({ok, list()} | {error, term()}, pid()) -> term().
terminate({ok, Data}, To) ->
    [Passed, Failed, Cancelled] = [proplists:get_value(K, Data, 0) || K <- [pass, fail, cancel]],
    To ! {?MODULE, {Passed, Failed + Cancelled}};
terminate({error, _Reason}, To) ->
    To ! {?MODULE, {0, 1}}.

%%% PropEr

-spec properties([module()]) -> counts().
properties(Modules) ->
    add([property(M, F) || M <- Modules, {F, 0} <- M:module_info(exports), has_prefix(F, "prop_")]).

property(Module, Name) ->
    io:format("~s:~s ", [Module, Name]),
    case proper:quickcheck(Module:Name(), [{numtests, ?PROPERTY_RUNS}, {to_file, user}]) of
        true -> {1, 0};
        _ -> {0, 1}
    end.

%%% Common Test

-spec suites([module()], file:filename()) -> counts().
suites([], _) ->
    {0, 0};
suites(Suites, Directory) ->
    Logs = filename:join(filename:dirname(Directory), "ct_logs"),
    ok = filelib:ensure_dir(filename:join(Logs, "x")),
    Options = [{dir, Directory}, {suite, Suites}, {logdir, Logs}, {auto_compile, false}],
    case ct:run_test(Options) of
        {Passed, Failed, {_User, Auto}} -> {Passed, Failed + Auto};
        {error, Reason} -> io:format("common_test: ~tp~n", [Reason]), {0, 1}
    end.
