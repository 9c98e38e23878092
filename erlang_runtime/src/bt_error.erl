%% @doc Exceptions: how the runtime raises them, and what Erlang's own errors become.
-module(bt_error).

-export([raise/1, raise/2, make/2, wrap/3, reraise/3, raise_here/1, report/1]).
-export([on_do/3, ensure/2, if_curtailed/2, signal/1, return/2, retry/1, pass/1, resume/2]).
-export([does_not_understand/3, not_boolean/2, not_in_line/2, match_error/1, no_clause/3,
         undefined_class/1]).
-export([operands/3, zero_divide/2, too_large/3, wrong_arity/2, wrong_arguments/2]).
-export([not_a_selector/2]).
-export([not_a_string/3, abstract_class/1, unknown_field/3, dead_context/0, dead_handler/2]).
-export([not_resumable/1]).
-export_type([exception/0]).

-include("bt.hrl").

%% Where Erlang finds the words for what is raised (EEP 54).
-define(EXPLAINED, [{error_info, #{module => bt_error_info}}]).

-type exception() :: #{'$class' := module(), atom() => term()}.
-type class() :: error | exit | throw.

%%% Raising

%% @doc Raises an exception, in such a way that the tools of Erlang and Elixir show its message.
-spec raise(exception()) -> no_return().
raise(Exception) ->
    erlang:error(Exception, none, ?EXPLAINED).

%% @doc Raises an instance of an exception class with some of its fields given.
-spec raise(module(), #{atom() => term()}) -> no_return().
raise(Facade, Fields) ->
    raise(make(Facade, Fields)).

%% @doc An exception with the fields given, not raised.
-spec make(module(), #{atom() => term()}) -> exception().
make(Facade, Fields) ->
    maps:merge(Facade:'$init'(#{'$class' => Facade}), Fields).

%% @doc The same exception again, with the stack trace it had.
-spec reraise(class(), term(), term()) -> no_return().
reraise(Class, Reason, Stack) ->
    erlang:raise(Class, Reason, Stack).

%% @doc The exception as a reader wants to see it: message, hint and stack trace, a line each.
-spec report(exception()) -> binary().
report(#{'$class' := Class, message := Message} = Exception) ->
    Hint =
        case Exception of
            #{hint := Text} when is_binary(Text) -> [<<"\n  hint: ">>, Text];
            _ -> []
        end,
    Frames = bt_stack:format(shown(Exception)),
    Name = bt_class:name(Class),
    Lines = [[<<"\n  at ">>, Frame] || Frame <- Frames],
    unicode:characters_to_binary([Name, <<": ">>, bt_print:display_string(Message), Hint, Lines]).

%% Where Erlang failed, its own frames say more.
shown(#{erlangStack := [_ | _] = Frames}) -> Frames;
shown(Exception) -> maps:get(stackTrace, Exception, []).

%% Complete, and without the help of the class: it must be possible while classes are loaded.
-spec exception(module(), atom(), iodata(), binary() | nil, map()) -> exception().
exception(Facade, Kind, Message, Hint, Fields) ->
    Common = #{
        '$class' => Facade,
        kind => Kind,
        message => unicode:characters_to_binary(Message),
        hint => Hint,
        selector => nil,
        receiver => nil,
        stackTrace => []
    },
    maps:merge(Common, Fields).

%%% Handlers

-spec on_do(fun(() -> term()), term(), term()) -> term().
on_do(Block, Filter, Handler) -> bt_handler:on_do(Block, Filter, Handler).

-spec ensure(fun(() -> term()), fun(() -> term())) -> term().
ensure(Block, After) -> bt_handler:ensure(Block, After).

-spec if_curtailed(fun(() -> term()), fun(() -> term())) -> term().
if_curtailed(Block, After) -> bt_handler:if_curtailed(Block, After).

-spec signal(exception()) -> term().
signal(Exception) -> bt_handler:signal(Exception).

-spec return(exception(), term()) -> no_return().
return(Exception, Value) -> bt_handler:return(Exception, Value).

-spec retry(exception()) -> no_return().
retry(Exception) -> bt_handler:retry(Exception).

-spec pass(exception()) -> no_return().
pass(Exception) -> bt_handler:pass(Exception).

-spec resume(exception(), term()) -> no_return().
resume(Exception, Value) -> bt_handler:resume(Exception, Value).

%%% The runtime's own errors

-spec does_not_understand(term(), atom(), [term()]) -> no_return().
does_not_understand(Receiver, Selector, _Args) when not is_atom(Selector) ->
    not_a_selector(Receiver, Selector);
does_not_understand(Receiver, Selector, Args) ->
    not_understood(Receiver, Selector, Args, selector_hint(Receiver, Selector)).

not_understood(Receiver, Selector, Args, Hint) ->
    Who = bt_class:name_of(Receiver),
    Fields = #{receiver => Receiver, selector => Selector, arguments => Args},
    raise(
        exception(
            'bt.stdlib.DoesNotUnderstand',
            does_not_understand,
            [Who, <<" does not understand #">>, bt_print:symbol_text(Selector)],
            Hint,
            Fields
        )
    ).

selector_hint(?CLASS_OBJECT_OF(Module), Selector) ->
    case lists:member(Selector, bt_class:selectors(Module, instance)) of
        true -> <<"#", (atom_to_binary(Selector))/binary, " is for instances, not for the class">>;
        false -> similar(Selector, bt_class:selectors(Module, class))
    end;
selector_hint(Block, Selector) when is_function(Block) ->
    case lists:member(Selector, bt_class:selectors('bt.stdlib.List', instance)) of
        true -> <<"a List is written #(1, 2, 3), an Array #[1, 2, 3]">>;
        false -> similar(Selector, bt_class:selectors('bt.stdlib.Block', instance))
    end;
selector_hint(Actor, Selector) when is_pid(Actor) ->
    Class = bt_class:'of'(Actor),
    case bt_class:keywords(Selector) of
        [_ | _] = Keywords -> initial_hint(Class, Selector, Keywords -- bt_class:variables(Class));
        [] -> similar(Selector, bt_class:selectors(Class, instance))
    end;
selector_hint(nil, Selector) ->
    case similar(Selector, bt_class:selectors('bt.stdlib.UndefinedObject', instance)) of
        nil -> <<"a variable or an answer is nil: ifNil: gives it another value">>;
        Hint -> Hint
    end;
selector_hint(Receiver, '+') when is_binary(Receiver); is_list(Receiver) ->
    <<"strings and collections are joined with ,">>;
selector_hint(_Receiver, ',') ->
    <<"asString makes a text that can be joined; a List is written #(1, 2, 3)">>;
selector_hint(Receiver, Selector) ->
    similar(Selector, bt_class:selectors(bt_class:'of'(Receiver), instance)).

%% Any two operators are similar, and to any name of one letter: that says nothing.
similar(Selector, Selectors) ->
    case atom_to_binary(Selector) of
        <<First, _/binary>> when First < $A ->
            nil;
        Name ->
            Names = [<<"#", Other/binary>> || Other <- lists:map(fun atom_to_binary/1, Selectors),
                                              binary:first(Other) >= $A],
            bt_hint:did_you_mean(<<"#", Name/binary>>, Names)
    end.

%% @doc A condition that is neither true nor false.
-spec not_boolean(term(), atom()) -> no_return().
not_boolean(Value, Selector) -> not_in_line(Value, Selector).

%% @doc A message that was compiled in line found a receiver that it is not made for.
-spec not_in_line(term(), atom()) -> no_return().
not_in_line(Receiver, Selector) ->
    case bt_class:understands(Receiver, Selector, bt_prim_symbol:arity(Selector)) of
        true ->
            Hint = <<"this was compiled before a class had a method of its own for it: "
                     "load it again">>,
            not_understood(Receiver, Selector, [], Hint);
        false ->
            does_not_understand(Receiver, Selector, [])
    end.

-spec match_error(term()) -> no_return().
match_error(Value) ->
    Message = [<<"no pattern matches ">>, bt_print:print_string(Value)],
    Hint = <<"a last arm _ -> ... matches everything">>,
    Fields = #{value => Value},
    raise(exception('bt.stdlib.MatchError', match_error, Message, Hint, Fields)).

%% @doc None of a method's clauses fits the arguments.
-spec no_clause(term(), atom(), [term()]) -> no_return().
no_clause(Self, Selector, Args) ->
    Message = [
        <<"no clause of ">>, bt_class:name_of(Self), <<" >> ">>, bt_print:symbol_text(Selector),
        <<" matches ">>, lists:join(<<", ">>, [bt_print:print_string(Arg) || Arg <- Args])
    ],
    Value =
        case Args of
            [Arg] -> Arg;
            _ -> Args
        end,
    Fields = #{receiver => Self, selector => Selector, value => Value},
    raise(exception('bt.stdlib.MatchError', match_error, Message, nil, Fields)).

-spec undefined_class(atom()) -> no_return().
undefined_class(Name) ->
    raise(undefined_class_exception(Name)).

undefined_class_exception(Name) ->
    Text = atom_to_binary(Name),
    Loaded = [bt_print:class_name(Module) || Module <- bt_code:loaded(), is_facade(Module)],
    Hint = bt_hint:did_you_mean(Text, Loaded),
    Message = [<<"there is no class ">>, Text],
    exception('bt.stdlib.UndefinedClass', undefined_class, Message, Hint, #{name => Name}).

is_facade(Module) ->
    case atom_to_binary(Module) of
        <<"bt.", Rest/binary>> -> binary:match(Rest, <<" ">>) =:= nomatch;
        _ -> false
    end.

%% @doc An operator that cannot be applied to its two operands.
-spec operands(atom(), term(), term()) -> no_return().
operands(Op, A, B) ->
    Message = [
        bt_print:print_string(A), $\s, atom_to_binary(Op), $\s, bt_print:print_string(B),
        <<" is not possible: ">>, bt_class:name_of(A), <<" and ">>, bt_class:name_of(B)
    ],
    Fields = #{receiver => A, selector => Op},
    raise(exception('bt.stdlib.TypeError', type_error, Message, operand_hint(A), Fields)).

operand_hint(A) when is_binary(A) -> <<"both operands must be strings: asString makes one">>;
operand_hint(_A) -> <<"both operands must be numbers">>.

-spec zero_divide(atom(), number()) -> no_return().
zero_divide(Op, A) ->
    raise(zero_divide_exception(Op, A)).

zero_divide_exception(Op, A) ->
    Fields = #{receiver => A, selector => Op},
    exception('bt.stdlib.ZeroDivide', badarith, <<"division by zero">>, nil, Fields).

%% @doc A calculation whose result would be too large a number.
-spec too_large(atom(), number(), number()) -> no_return().
too_large(Op, A, B) ->
    Message = [operand(A), $\s, atom_to_binary(Op), $\s, operand(B), <<" is too large a number">>],
    Fields = #{receiver => A, selector => Op},
    raise(exception('bt.stdlib.ArithmeticError', badarith, Message, nil, Fields)).

%% To print a very large number takes long, and nobody would read it.
operand(Number) when abs(Number) > 1 bsl 200 -> <<"a large number">>;
operand(Number) -> bt_print:print_string(Number).

%% `(C spawn) k: v' where `C spawn k: v' was meant.
initial_hint(Class, Selector, []) ->
    Pairs = [[atom_to_binary(Keyword), ": ..."] || Keyword <- bt_class:keywords(Selector)],
    iolist_to_binary(["values for variables of a new actor go without parentheses: ",
                      bt_print:class_name(Class), " spawn ", lists:join($\s, Pairs)]);
initial_hint(Class, Selector, _) -> similar(Selector, bt_class:selectors(Class, instance)).

%% @doc A block that is given too many or too few arguments.
-spec wrong_arity(function(), [term()]) -> no_return().
wrong_arity(Block, Args) ->
    raise(wrong_arity_exception(Block, length(Args))).

wrong_arity_exception(Block, Given) ->
    {arity, Wanted} = erlang:fun_info(Block, arity),
    Message = [
        <<"this block takes ">>, count(Wanted, <<"argument">>), <<", and was given ">>,
        integer_to_binary(Given)
    ],
    exception('bt.stdlib.TypeError', type_error, Message, nil, #{receiver => Block}).

count(1, Thing) -> <<"1 ", Thing/binary>>;
count(N, Thing) -> <<(integer_to_binary(N))/binary, " ", Thing/binary, "s">>.

%% @doc perform: with a selector that takes another number of arguments.
-spec wrong_arguments(atom(), [term()]) -> no_return().
wrong_arguments(Selector, Args) ->
    Message = [
        <<"#">>, bt_print:symbol_text(Selector), <<" does not take ">>,
        count(length(Args), <<"argument">>)
    ],
    Fields = #{selector => Selector},
    raise(exception('bt.stdlib.TypeError', type_error, Message, nil, Fields)).

-spec not_a_selector(term(), term()) -> no_return().
not_a_selector(Receiver, Value) ->
    Message = [bt_print:print_string(Value), <<" is not a selector">>],
    Fields = #{receiver => Receiver},
    raise(exception('bt.stdlib.TypeError', type_error, Message, nil, Fields)).

%% @doc A message that must answer a String and does not.
-spec not_a_string(term(), atom(), term()) -> no_return().
not_a_string(Receiver, Selector, Answer) ->
    Message = [
        bt_class:name_of(Receiver), <<" >> ">>, atom_to_binary(Selector),
        <<" must answer a String, not ">>, bt_class:name_of(Answer)
    ],
    Fields = #{receiver => Receiver, selector => Selector},
    raise(exception('bt.stdlib.TypeError', type_error, Message, nil, Fields)).

-spec abstract_class(module()) -> no_return().
abstract_class(Facade) ->
    Message = [bt_print:class_name(Facade), <<" is abstract and has no instances">>],
    Hint = <<"use one of its subclasses">>,
    Fields = #{receiver => ?CLASS_OBJECT(Facade)},
    raise(
        exception('bt.stdlib.InstantiationError', instantiation_error, Message, Hint, Fields)
    ).

-spec unknown_field(module(), term(), [atom()]) -> no_return().
unknown_field(Facade, Name, Names) ->
    Message = [bt_print:class_name(Facade), <<" has no field ">>, bt_print:display_string(Name)],
    Hint = bt_hint:did_you_mean(bt_print:display_string(Name), [atom_to_binary(N) || N <- Names]),
    Fields = #{receiver => ?CLASS_OBJECT(Facade)},
    raise(
        exception('bt.stdlib.InstantiationError', instantiation_error, Message, Hint, Fields)
    ).

%% @doc `^' out of a method that has returned, or a handler's message to an exception that is
%% not handled.
-spec dead_context() -> no_return().
dead_context() ->
    raise(dead_context_exception()).

dead_context_exception() ->
    Message = <<"the method that this block returns from has already returned">>,
    exception('bt.stdlib.BlockContextDead', block_context_dead, Message, nil, #{}).

%% @doc `return:', `retry', `pass' or `resume:' when the handler that had the exception is done.
-spec dead_handler(exception(), atom()) -> no_return().
dead_handler(Exception, Selector) ->
    Message = [<<"the handler of this ">>, bt_class:name_of(Exception),
               <<" does not run (any more): ">>, bt_print:symbol_text(Selector),
               <<" leads nowhere">>],
    Hint = <<"return:, retry, pass and resume: are for the block after on: ... do:, while it runs; "
             "signal raises the exception again">>,
    Fields = #{receiver => Exception, selector => Selector},
    Class = 'bt.stdlib.BlockContextDead',
    raise(exception(Class, block_context_dead, Message, Hint, Fields)).

-spec not_resumable(exception()) -> no_return().
not_resumable(Exception) ->
    Message = [bt_class:name_of(Exception), <<" cannot be resumed">>],
    Hint = <<"return: ends the block, retry runs it again">>,
    Fields = #{receiver => Exception, selector => 'resume:'},
    raise(exception('bt.stdlib.Error', user_error, Message, Hint, Fields)).

%%% What Erlang raises

%% @doc Raises here what was raised in another process: its trace goes on with who waited for it, as
%% Beamtalk sees it and as Erlang does.
-spec raise_here(exception()) -> no_return().
raise_here(#{stackTrace := [_ | _] = There} = Exception) ->
    {current_stacktrace, Here} = erlang:process_info(self(), current_stacktrace),
    Trace = bt_stack:continued(There, Here),
    Stack = bt_error_info:mark(bt_stack:to_erlang(There) ++ Here),
    erlang:raise(error, Exception#{stackTrace := Trace}, Stack);
raise_here(Exception) ->
    raise(Exception).

%% @doc Any Erlang exception as an instance of an exception class, with its stack trace.
-spec wrap(class(), term(), term()) -> exception().
wrap(error, #{'$class' := _, stackTrace := []} = Exception, Stack) ->
    Exception#{stackTrace := bt_stack:frames(Stack)};
wrap(error, #{'$class' := _, stackTrace := _} = Exception, _Stack) ->
    Exception;
wrap(Class, Reason, Stack) ->
    (translate(Class, Reason, Stack))#{stackTrace := bt_stack:frames(Stack)}.

translate(error, badarith, Stack) ->
    arithmetic(Stack);
translate(error, {badarity, {Block, Args}}, _Stack) ->
    wrong_arity_exception(Block, length(Args));
translate(error, undef, [{Module, _, _, _} | _] = Stack) ->
    case is_facade(Module) andalso not bt_class:exists(Module) of
        true -> undefined_class_exception(binary_to_atom(bt_print:class_name(Module)));
        false -> erlang_error(error, undef, Stack)
    end;
%% A value that was made before its class was loaded again, with one more field.
translate(error, {badkey, Field}, [{erlang, map_get, [Field, #{'$class' := Class} = Value], _} | _])
  when is_atom(Field) ->
    Name = atom_to_binary(Field),
    Message = [<<"this ">>, bt_class:name(Class), <<" has no field ">>, Name,
               <<": it was made before its class had it">>],
    Hint = iolist_to_binary([bt_print:class_name(Class), <<" values that are made now have it">>]),
    exception('bt.stdlib.KeyNotFound', key_not_found, Message, Hint,
              #{key => Field, receiver => Value});
translate(throw, Reason, Stack) ->
    case bt_handler:is_control(throw, Reason) of
        true -> dead_context_exception();
        false -> erlang_error(throw, Reason, Stack)
    end;
translate(Class, Reason, Stack) ->
    erlang_error(Class, Reason, Stack).

arithmetic([{erlang, Op, [A, B], _} | _]) when
    B == 0, (Op =:= '/' orelse Op =:= 'div' orelse Op =:= 'rem')
->
    zero_divide_exception(Op, A);
arithmetic([{erlang, Op, [A, B], _} | _]) ->
    Message = [
        operand(A), $\s, atom_to_binary(Op), $\s, operand(B),
        <<" cannot be computed">>
    ],
    Fields = #{receiver => A, selector => Op},
    exception('bt.stdlib.ArithmeticError', badarith, Message, nil, Fields);
arithmetic([{math, pow, [A, B], _} | _]) ->
    arithmetic([{erlang, '**', [A, B], []}]);
arithmetic([{bt_op, Op, _, _} | _]) ->
    %% Erlang does not say what the operands of its floating point instructions were.
    Message = [<<"the result of ">>, atom_to_binary(Op), <<" is too large for a Float">>],
    exception('bt.stdlib.ArithmeticError', badarith, Message, nil, #{selector => Op});
arithmetic([{Module, _, _, _} | _]) ->
    %% Compiled code tests that its operands are numbers, and leaves the divisor 0 to bt_op.
    Message =
        case binary:split(atom_to_binary(Module), <<" ">>) of
            [<<"bt.", _/binary>>, _] -> <<"the result is too large for a Float">>;
            _ -> <<"bad argument in an arithmetic expression">>
        end,
    exception('bt.stdlib.ArithmeticError', badarith, Message, nil, #{}).

erlang_error(Class, Reason, Stack) ->
    Message =
        case bt_error_info:elixir_message(Reason) of
            none -> [atom_to_binary(Class), $\s, io_lib:format("~0tp", [Reason]), place(Stack)];
            Text -> Text
        end,
    Fields = #{erlangClass => Class, reason => Reason, erlangStack => bt_stack:all_frames(Stack)},
    Hint = bt_error_info:hint(Class, Reason, Stack),
    exception('bt.stdlib.ErlangError', erlang_error, Message, Hint, Fields).

%% The Erlang function that failed.
place([{Module, Function, Args, _} | _]) when is_list(Args) ->
    place(Module, Function, length(Args));
place([{Module, Function, Arity, _} | _]) ->
    place(Module, Function, Arity);
place(_Stack) ->
    <<>>.

place(Module, Function, Arity) ->
    case atom_to_binary(Module) of
        <<"bt.", _/binary>> -> <<>>;
        _ -> io_lib:format(" in ~tw:~tw/~w", [Module, Function, Arity])
    end.
