%% @doc Sends every public message of the library with arguments that nobody should send: each
%% answers a value or a Beamtalk error, in time and within memory. Runs in a node of its own: see
%% bt_hostile_tests.
-module(bt_hostile).

-export([classes/0, run/1]).

-include("bt.hrl").

-type finding() :: {Message :: binary(), What :: binary()}.

-define(PATIENCE, 4000).

%% Words that one message may use: 512 MB.
-define(MOST_MEMORY, 64 * 1024 * 1024).

%% @doc The classes of the library, by name.
-spec classes() -> [module()].
classes() ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    ok = logger:set_primary_config(level, none),
    ok = bt_transcript:set_sink(fun(_) -> ok end),
    ok = bt_hostile_live:prepare(),
    [Module || #{module := Module} <- bt_prim_beamtalk:all_classes(),
               maps:get(package, bt_class:meta(Module), none) =:= stdlib].

%% @doc What goes wrong with the messages of a class and of its samples.
-spec run(module()) -> [finding()].
run(Class) ->
    ClassSide = [{bt_class:object(Class), Selector} || Selector <- own(Class)],
    Instances = [
        {Sample, Selector}
     || Sample <- samples(Class),
        Selector <- understood(Class)
    ],
    Live = [
        {{made, Maker}, Selector}
     || Maker <- bt_hostile_live:makers(Class),
        Selector <- understood_besides(Class)
    ],
    Messages = ClassSide ++ Instances ++ Live,
    lists:append([findings(Receiver, Selector) || {Receiver, Selector} <- Messages]).

%% What every object understands is tried on an actor, and on values.
understood_besides('bt.stdlib.Actor') -> understood('bt.stdlib.Actor');
understood_besides(Class) -> understood(Class) -- understood('bt.stdlib.Object').

%% Messages without a doc comment are the class's own business.
own(Class) ->
    [Selector || #{side := class, selector := Selector, doc := Doc} <- bt_class:methods(Class),
                 is_binary(Doc), not is_excluded(Class, class, Selector)].

understood(Class) ->
    Public = [
        Selector
     || C <- bt_class:chain(Class),
        #{side := instance, selector := Selector, doc := Doc} <- bt_class:methods(C),
        is_binary(Doc),
        not is_excluded(C, instance, Selector)
    ],
    lists:usort(Public).

%%% Messages

findings(Receiver, Selector) ->
    Count = bt_prim_symbol:arity(Selector),
    lists:append([finding(Receiver, Selector, Arguments) || Arguments <- arguments(Count)]).

%% All arguments the same, and all different.
arguments(0) -> [[]];
arguments(1) -> [[Value] || Value <- hostile()];
arguments(Count) ->
    Same = [lists:duplicate(Count, Value) || Value <- hostile()],
    Values = list_to_tuple(hostile()),
    Size = tuple_size(Values),
    Mixed = [
        [element((Start + Position * 7) rem Size + 1, Values) || Position <- lists:seq(1, Count)]
     || Start <- lists:seq(0, Size - 1)
    ],
    Same ++ Mixed.

hostile() ->
    [
        nil, true, -1, 0, 3, 1 bsl 200, 1.5e300, <<>>, <<"x">>, <<255, 254>>, noSuchSymbol, [],
        [1, nil], #{}, #{key => nil}, {}, {1, 2}, fun() -> nil end, fun(X) -> X end,
        bt_class:object('bt.stdlib.Object'), bt_future:resolved(7), rejected(), dead()
    ].

rejected() ->
    bt_future:rejected((bt_class:instantiate('bt.stdlib.Error', #{message => <<"rejected">>}))).

dead() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive
        {'DOWN', Monitor, process, Pid, _} -> Pid
    end.

%% In a process of its own, which may die.
finding(Receiver, Selector, Arguments) ->
    Body = fun() -> exit({answer, attempt(receiver(Receiver), Selector, Arguments)}) end,
    Memory = #{size => ?MOST_MEMORY, kill => true, error_logger => false},
    {Pid, Monitor} = spawn_opt(Body, [monitor, {max_heap_size, Memory}]),
    receive
        {'DOWN', Monitor, process, Pid, {answer, ok}} ->
            [];
        {'DOWN', Monitor, process, Pid, {answer, What}} ->
            [{message(Receiver, Selector, Arguments), What}];
        {'DOWN', Monitor, process, Pid, killed} ->
            [{message(Receiver, Selector, Arguments), <<"needs too much memory">>}];
        {'DOWN', Monitor, process, Pid, Reason} ->
            [{message(Receiver, Selector, Arguments), text("ends the process: ~0tP", [Reason, 20])}]
    after ?PATIENCE ->
        Where = process_info(Pid, current_stacktrace),
        true = exit(Pid, kill),
        demonitor(Monitor, [flush]),
        [{message(Receiver, Selector, Arguments), text("hangs: ~0tP", [Where, 30])}]
    end.

receiver({made, Maker}) -> Maker();
receiver(Receiver) -> Receiver.

attempt(Receiver, Selector, Arguments) ->
    put('$bt_mode', script),
    try bt_send:call_list(Receiver, Selector, Arguments) of
        _ -> ok
    catch
        Class:Reason:Stack -> judged(bt_error:wrap(Class, Reason, Stack), Stack)
    end.

judged(#{'$class' := 'bt.stdlib.ErlangError', message := Message}, Stack) ->
    text("~ts~n      ~0tP", [Message, [{M, F, A, proplists:get_value(line, L)}
                                      || {M, F, A, L} <- lists:sublist(Stack, 4)], 40]);
judged(#{'$class' := Class, message := Message}, _Stack) when is_binary(Message) ->
    case lists:member('bt.stdlib.Exception', bt_class:chain(Class)) of
        true -> ok;
        false -> text("raises an instance of ~ts", [Class])
    end;
judged(Other, _Stack) ->
    text("raises ~0tP", [Other, 20]).

message(Receiver, Selector, Arguments) ->
    Shown = lists:join(", ", [short(Argument) || Argument <- Arguments]),
    text("~ts >> ~ts ~ts", [short(Receiver), Selector, Shown]).

short({made, Maker}) ->
    {name, Name} = erlang:fun_info(Maker, name),
    atom_to_list(Name);
short(Value) ->
    string:slice(printed(Value), 0, 40).

printed(Value) ->
    try
        bt_print:print_string(Value)
    catch
        _:_ -> text("~0tP", [Value, 20])
    end.

text(Format, Values) ->
    unicode:characters_to_binary(io_lib:format(Format, Values)).

%%% Receivers

samples(Class) ->
    try
        sample(Class)
    catch
        error:_ -> []
    end.

sample('bt.stdlib.Integer') -> [5, -1, 1 bsl 100];
sample('bt.stdlib.Float') -> [1.5, -0.0, 1.0e308];
sample('bt.stdlib.String') -> [<<"hello">>, <<>>, <<255, 254>>];
sample('bt.stdlib.Symbol') -> [symbol, 'at:put:'];
sample('bt.stdlib.UndefinedObject') -> [nil];
sample('bt.stdlib.Boolean') -> [true, false];
sample('bt.stdlib.List') -> [[3, 1, 2], [], [nil, <<"a">>, 1.5]];
sample('bt.stdlib.Tuple') -> [{1, 2}, {}, {ok, 1}, {error, 1}];
sample('bt.stdlib.Dictionary') -> [#{a => 1}, #{}];
sample('bt.stdlib.Block') -> [fun() -> 1 end, fun(X) -> X end, fun(X, _) -> X end];
sample('bt.stdlib.Future') -> [bt_future:resolved(1), rejected()];
sample('bt.stdlib.Reference') -> [make_ref()];
sample('bt.stdlib.Class') -> [bt_class:object('bt.stdlib.Association')];
sample('bt.stdlib.Metaclass') ->
    [bt_prim_object:class_of(bt_class:object('bt.stdlib.Association'))];
sample('bt.stdlib.Array') -> [made('Array', 'withAll:', [3, 1]), made('Array', new)];
sample('bt.stdlib.Set') -> [made('Set', 'withAll:', [3, 1]), made('Set', new)];
sample('bt.stdlib.Bag') -> [made('Bag', 'withAll:', [3, 3]), made('Bag', new)];
sample('bt.stdlib.Queue') -> [made('Queue', 'withAll:', [3, 1]), made('Queue', new)];
sample('bt.stdlib.Stream') -> [made('Stream', 'on:', [3, 1]), made('Stream', new)];
sample('bt.stdlib.Interval') -> [bt_prim_interval:new(1, 3, 1), made('Interval', new)];
sample('bt.stdlib.Character') -> [made('Character', 'value:', $a)];
sample('bt.stdlib.Result') -> [made('Result', 'ok:', 1), made('Result', 'error:', 1)];
sample('bt.stdlib.DateTime') -> [made('DateTime', now)];
sample('bt.stdlib.Duration') -> [made('Duration', 'seconds:', 90)];
sample('bt.stdlib.Uuid') -> [made('Uuid', v7)];
sample('bt.stdlib.Binary') -> [made('Binary', 'fromHex:', <<"00ff">>), made('Binary', new)];
sample('bt.stdlib.Random') -> [made('Random', 'seed:', 1)];
sample('bt.stdlib.Regex') -> [made('Regex', 'new:', <<"(a)|b">>)];
sample('bt.stdlib.RegexMatch') ->
    [bt_send:call(made('Regex', 'new:', <<"(a)|b">>), 'find:', <<"b">>)];
sample('bt.stdlib.Actor') -> [dead()];
sample('bt.stdlib.Url') -> [made('Url', 'parse:', <<"http://a@b:1/c?d=e#f">>)];
sample('bt.stdlib.CompiledMethod') ->
    [bt_prim_behaviour:method(bt_class:object('bt.stdlib.Association'), 'value:')];
sample('bt.stdlib.Struct') -> [#{'__struct__' => 'Elixir.Sample', host => nil, port => 80}];
sample('bt.stdlib.Record') ->
    Point = made('Record', new),
    [Point#{name := point, fields := [x, y], defaults := [0, 0]}, Point];
sample('bt.stdlib.ErlangError') -> [];
sample(Class) ->
    %% Of exceptions and of values that need no more than their defaults.
    Above = bt_class:chain(Class),
    case {lists:member('bt.stdlib.Exception', Above), lists:member('bt.stdlib.Value', Above)} of
        {true, _} -> [bt_class:instantiate(Class, #{message => <<"m">>})];
        {false, true} -> [bt_send:call(bt_class:object(Class), new)];
        {false, false} -> []
    end.

made(Class, Selector) -> bt_send:call(class(Class), Selector).

made(Class, Selector, Argument) -> bt_send:call(class(Class), Selector, Argument).

class(Name) -> bt_class:resolve(Name).

%%% What is left out, and why

is_excluded(Class, Side, Selector) ->
    lists:any(fun({C, S, Selectors}) ->
        (C =:= Class orelse C =:= any) andalso S =:= Side andalso lists:member(Selector, Selectors)
    end, excluded()).

excluded() ->
    [
        %% They end the node, or their own process.
        {'bt.stdlib.System', class, [halt, 'halt:']},
        {'bt.stdlib.Process', class, ['exit:']},
        %% They wait, or go on, for as long as they are told.
        {'bt.stdlib.Timer', class, ['sleep:']},
        {'bt.stdlib.Block', instance, [repeat, whileTrue, whileFalse, 'whileTrue:', 'whileFalse:',
                                       retry, 'repeatUntil:']},
        {'bt.stdlib.Number', instance, ['timesRepeat:']},
        {'bt.stdlib.Integer', instance, ['timesRepeat:']},
        %% They wait for what does not happen here.
        {'bt.stdlib.Actor', instance, ['onExit:']},
        {'bt.stdlib.Process', instance, ['call:', 'call:timeout:']},
        {'bt.stdlib.Breakpoint', instance, [wait]},
        {'bt.stdlib.TestCase', instance, ['assertEventually:']},
        %% What cannot listen is reported with each line that others log.
        {'bt.stdlib.Logger', class, ['attach:']},
        %% They change the library under the test.
        {'bt.stdlib.Behaviour', instance, [removeFromSystem, reload, 'compile:source:',
                                           'removeSelector:', 'removeSelector:ifAbsent:', 'doc:']}
    ].
