-module(bt_frames_tests).
-include_lib("eunit/include/eunit.hrl").

%% 'bt.app.F 1' as the compiler writes it: sends in tail position, and loops that must stay jumps:
%% to itself, by a block, by another method.
-define(CORE, "
module 'bt.app.F 1' ['m'/1, 'n'/2, 'loop'/2, 'run'/2, 'let'/1, 'ping'/2, 'pong'/2]
  attributes []
'm'/1 =
  fun (S) ->
    case S of
      <_1> when 'true' -> ( call 'bt_frames_tests':'fail'(S) -| [4,{'file',\"f.bt\"}] )
    end
'let'/1 =
  fun (S) ->
    let <V> = ( call 'bt_frames_tests':'fail'(S) -| [6,{'file',\"f.bt\"}] ) in V
'n'/2 =
  fun (S, N) ->
    do 'ok' ( call 'bt.app.F':'m'(S) -| [9,{'file',\"f.bt\"}] )
'loop'/2 =
  fun (S, N) ->
    case N of
      <0> when 'true' -> ( call 'bt_frames_tests':'depth'() -| [12,{'file',\"f.bt\"}] )
      <_2> when 'true' ->
        ( call 'bt.app.F':'loop'(S, call 'erlang':'-'(N, 1)) -| [13,{'file',\"f.bt\"}] )
    end
'run'/2 =
  fun (S, N) ->
    case N of
      <0> when 'true' -> ( call 'bt_frames_tests':'depth'() -| [16,{'file',\"f.bt\"}] )
      <_3> when 'true' ->
        ( call 'bt_send':'send'(fun (M) -> call 'bt.app.F':'run'(S, M), 'value:',
            call 'erlang':'-'(N, 1)) -| [18,{'file',\"f.bt\"}] )
    end
'ping'/2 =
  fun (S, N) ->
    case N of
      <0> when 'true' -> ( call 'bt_frames_tests':'depth'() -| [22,{'file',\"f.bt\"}] )
      <_4> when 'true' -> ( call 'bt.app.F':'pong'(S, N) -| [23,{'file',\"f.bt\"}] )
    end
'pong'/2 =
  fun (S, N) ->
    ( call 'bt_send':'self_send'(S, 'ping', call 'erlang':'-'(N, 1)) -| [26,{'file',\"f.bt\"}] )
end").

-export([fail/1, depth/0]).

fail(_) -> error(wanted).

%% How much stack the process uses.
depth() -> element(2, process_info(self(), stack_size)).

frames_test_() ->
    {setup, fun load/0, fun unload/1, [
        {"the frame of a failing send in tail position is kept", fun kept/0},
        {"also where only a let stands behind it", fun kept_by_let/0},
        {"sends that may come back, and blocks, stay jumps", fun jumps/0}
    ]}.

load() ->
    {ok, Tokens, _} = core_scan:string(?CORE),
    {ok, Core} = core_parse:parse(Tokens),
    Kept = bt_frames:keep(Core),
    {ok, _} = core_lint:module(Kept),
    {ok, 'bt.app.F 1', Binary} = compile:noenv_forms(Kept, [from_core, binary]),
    {module, _} = code:load_binary('bt.app.F 1', "f.beam", Binary),
    {ok, Facade, Jumps} = bt_facade:assemble(#{
        facade => 'bt.app.F', generation => 'bt.app.F 1', superclass => nil, inherited => [],
        functions => [{m, 1}, {n, 2}, {loop, 2}, {run, 2}, {'let', 1}, {ping, 2}, {pong, 2}],
        actor => false
    }),
    {module, _} = code:load_binary(Facade, "f.beam", Jumps).

unload(_) ->
    [code:purge(Module) orelse code:delete(Module) || Module <- ['bt.app.F 1', 'bt.app.F']].

lines(Fun) ->
    try Fun() of
        Value -> {value, Value}
    catch
        error:_:Stack ->
            [proplists:get_value(line, Where) || {'bt.app.F 1', _, _, Where} <- Stack]
    end.

kept() ->
    ?assertEqual([4], lines(fun() -> 'bt.app.F':m(1) end)),
    ?assertEqual([4, 9], lines(fun() -> 'bt.app.F':n(1, 1) end)).

kept_by_let() ->
    ?assertEqual([6], lines(fun() -> 'bt.app.F':'let'(1) end)).

jumps() ->
    Few = 'bt.app.F':loop(1, 10),
    ?assertEqual(Few, 'bt.app.F':loop(1, 1000)),
    Self = #{'$class' => 'bt.app.F'},
    ?assertEqual('bt.app.F':ping(Self, 10), 'bt.app.F':ping(Self, 1000)),
    FewBlocks = 'bt.app.F':run(1, 10),
    ?assertEqual(FewBlocks, 'bt.app.F':run(1, 1000)).
