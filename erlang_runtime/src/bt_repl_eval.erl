%% @doc Evaluation for somebody who looks at the value: laid out for the width of a terminal, a
%% future as its value if that is there within a moment.
-module(bt_repl_eval).

-export([outcome/3, failure/3, text/3]).
-export_type([outcome/0]).

%% `Kind' and so on are those of the exception; the place is the innermost line of an input.
-type outcome() ::
    {value, binary()}
  | {pending, pos_integer(), binary()}
  | interrupted
  | {error, Kind :: binary(), Message :: binary(), Report :: binary(), place() | none}.
-type place() :: {File :: binary(), Line :: pos_integer(), Selector :: binary()}.

-define(MOMENT_MS, 250).
-define(WIDTH, 80).

%% @doc What to show of a value, in so many columns; with `text' a String is shown as it is.
-spec outcome(pid(), term(), pos_integer() | text) -> outcome().
outcome(Session, Value, Format) ->
    case settled(Value) of
        {ok, Text} when Format =:= text, is_binary(Text) -> {value, bt_print:display_string(Text)};
        {ok, Settled} when Format =:= text -> {value, bt_repl_print:text(Settled, ?WIDTH)};
        {ok, Settled} -> {value, bt_repl_print:text(Settled, Format)};
        pending -> {pending, bt_repl:watch(Session, Value), <<"a Future (pending)">>}
    end.

settled(Value) ->
    case bt_future:is_future(Value) of
        true -> after_a_moment(Value);
        false -> {ok, Value}
    end.

%% A future of this process can only settle between inputs.
after_a_moment({'$bt_future', _, Target, _} = Future) ->
    Outcome = case Target =:= self() of
                  true -> pending;
                  false -> bt_future:outcome(Future, ?MOMENT_MS)
              end,
    case Outcome =:= pending orelse bt_future:is_pending(Future) of
        true -> when_idle(Future);
        false -> {ok, bt_future:await(Future)}
    end.

when_idle(Future) ->
    case bt_future:is_pending(Future) of
        true -> pending;
        false -> {ok, bt_future:await(Future)}
    end.

%% @doc What to show of an exception that nothing handled.
-spec failure(error | exit | throw, term(), list()) -> outcome().
failure(throw, {'$bt_interrupt'}, _Stack) ->
    interrupted;
failure(Class, Reason, Stack) ->
    #{kind := Kind, message := Message} = Exception = bt_error:wrap(Class, Reason, Stack),
    Report = iolist_to_binary(bt_error:report(Exception)),
    Place = place(Exception, Stack),
    {error, atom_to_binary(Kind), bt_print:display_string(Message), Report, Place}.

%% Inputs are called `repl.1' and so on. An input itself is no method, so its own lines are only on
%% Erlang's stack.
place(#{stackTrace := Frames} = Exception, Stack) ->
    Selector = case Exception of
                   #{selector := Name} when is_atom(Name), Name =/= nil -> atom_to_binary(Name);
                   #{} -> <<>>
               end,
    Places = [{File, Line, Selector}
              || #{file := <<"repl.", _/binary>> = File, line := Line} <- Frames, is_integer(Line)],
    case Places ++ lists:append([input_line(Entry, Selector) || Entry <- Stack]) of
        [Place | _] -> Place;
        [] -> none
    end.

input_line({_Module, _Function, _Arity, Location}, Selector) ->
    case {proplists:get_value(file, Location), proplists:get_value(line, Location)} of
        {"repl." ++ _ = File, Line} when is_integer(Line) ->
            [{unicode:characters_to_binary(File), Line, Selector}];
        _ ->
            []
    end;
input_line(_, _) ->
    [].

%% @doc The text of what became of a future.
-spec text(resolved | rejected, term(), pos_integer()) -> binary().
text(resolved, Value, Width) ->
    try bt_repl_print:text(Value, Width)
    catch _:_ -> bt_inspect_text:'of'(Value)
    end;
text(rejected, #{'$class' := Class, message := Message}, _Width) ->
    <<(bt_class:name(Class))/binary, ": ", (bt_print:display_string(Message))/binary>>;
text(rejected, Other, _Width) ->
    bt_inspect_text:'of'(Other).
