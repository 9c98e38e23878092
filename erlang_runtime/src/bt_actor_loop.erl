%% @doc The process of an actor: a special process as `sys' describes them.
%%
%% Its state is in the process dictionary (bt_state). The loop is here and not in the class's
%% module, so that no reload of a class ever finds an idle actor in old code. It is not a
%% gen_server: replies need no `{reply, …}', calls no `From', and a message costs three quarters.
%%
%% With each message the actor tells its class, in place of itself, the number of the layout that
%% it knows. The class has another one after it or a superclass was loaded again, and then runs
%% nothing: first the variables are migrated (bt_migration), and what the class says about its
%% actors is read again. The facade switches to the new code and the new number in one step.
-module(bt_actor_loop).

-export([version/1, enter/3, declares/2, go_on/2, give_up/2, debugged/2]).
-export_type([version/0]).
-export([system_continue/3, system_terminate/4, system_get_state/1, system_replace_state/2,
         system_code_change/4, format_status/2]).

%% What the loop needs besides the dictionary. Each word of it counts: there may be a million.
-record(actor, {class :: module(),
                parent :: pid() | none,
                layout :: bt_layout:layout(),
                shape :: bt_migration:shape(),
                counters = bt_counters:none() :: bt_counters:counters(),
                mode = plain :: mode(),
                heap_limit :: bt_heap:limit(),
                %% So many messages until it looks at its heap.
                until_tidy :: integer()}).

%% What most actors do without. `resume': an error does not end the actor; `place': its state is
%% saved there after each message.
-record(mode, {resume = false :: boolean(),
               place = none :: bt_recovery:place() | none,
               debug = [] :: [sys:dbg_opt()]}).
-type mode() :: plain | #mode{}.

%% One message of so many is timed. A prime, since senders often take turns.
-define(TIMED, 61).

%% Runs a method if the class still has the layout that the actor knows, else answers
%% '$bt_outdated': the facade compares. A call with a known number of arguments is a third of an
%% apply/3.
-define(RUN(Class, Layout, Selector, Arguments),
        case Arguments of
            [] -> Class:Selector(Layout);
            [Only] -> Class:Selector(Layout, Only);
            _ -> apply(Class, Selector, [Layout | Arguments])
        end).

%% Who wants to know the value of a message.
-type reply_to() :: nobody
                  | {caller, pid() | reference(), reference()}
                  | {future, integer(), bt_future:address()}
                  | {gen, gen_server:from()}.

%% What an actor remembers of its class to notice that it has changed.
-type version() :: {bt_layout:layout(), bt_migration:shape()}.

%% @doc The present version of a class.
-spec version(module()) -> version().
version(Class) -> {Class:'$layout'(), Class:'$shape'()}.

%% @doc Turns a process into an actor; it was initialised when its class had this version, or a
%% later one. Never returns.
-spec enter(pid() | none, module(), version()) -> no_return().
enter(Parent, Class, {Layout, Shape}) ->
    trap_for_terminate(Parent, Class),
    {Messages, Limit} = bt_heap:new(),
    Actor = #actor{class = Class, parent = Parent, layout = Layout, shape = Shape,
                   mode = mode(Class, []), heap_limit = Limit, until_tidy = Messages},
    loop(kept(Actor), ?TIMED).

%% What the class says of its actors.
-spec mode(module(), [sys:dbg_opt()]) -> mode().
mode(Class, Debug) ->
    case #mode{resume = resumes(Class), place = place(Class), debug = Debug} of
        #mode{resume = false, place = none, debug = []} -> plain;
        Mode -> Mode
    end.

%% Only with trap_exit can `terminate:' run when the supervisor shuts the actor down. Exit signals
%% of other processes then still end it as if it did not trap (exit_signal/3).
-spec trap_for_terminate(pid() | none, module()) -> ok.
trap_for_terminate(none, _) -> ok;
trap_for_terminate(_, Class) ->
    Trap = declares(Class, 'terminate:') orelse get('$bt_trap_exit') =:= true,
    process_flag(trap_exit, Trap),
    ok.

%% @doc Whether the class or a superclass below Actor has the method.
-spec declares(module(), atom()) -> boolean().
declares('bt.stdlib.Actor', _) -> false;
declares(Class, Selector) ->
    #{methods := Methods, superclass := Superclass} = Class:'$meta'(),
    lists:any(fun(#{selector := S, side := Side}) -> S =:= Selector andalso Side =:= instance end,
              Methods)
        orelse Superclass =/= nil andalso declares(Superclass, Selector).

-spec resumes(module()) -> boolean().
resumes(Class) ->
    erlang:function_exported(Class, 'class onError', 1)
        andalso Class:'class onError'(bt_class:object(Class)) =:= resume.

%% Every supervised actor has a place, for its class may declare `recover: #last' later.
-spec place(module()) -> bt_recovery:place() | none.
place(Class) ->
    case get('$bt_place') of
        undefined -> none;
        Place ->
            case bt_recovery:wanted(Class) of
                true -> Place;
                false -> none
            end
    end.

%% `Left': after so many messages one is timed, and perhaps it is time to look at the heap.
-spec loop(#actor{}, non_neg_integer()) -> no_return().
loop(Actor = #actor{heap_limit = Limit, until_tidy = Until}, 0) when Until =< 0 ->
    {Messages, NewLimit} = bt_heap:tidy(Limit),
    loop(Actor#actor{heap_limit = NewLimit, until_tidy = Messages}, 0);
loop(Actor = #actor{until_tidy = Until, mode = #mode{debug = [_ | _]}}, 0) ->
    Messages = min(?TIMED, Until),
    loop(Actor#actor{until_tidy = Until - Messages}, Messages);
loop(Actor = #actor{until_tidy = Until}, 0) ->
    Messages = min(?TIMED, Until),
    receive
        {system, From, Request} -> system(Actor, From, Request);
        Message ->
            Start = erlang:monotonic_time(),
            Next = kept(handle(Actor, Message)),
            bt_counters:timed(selector(Message), Start, Next#actor.counters),
            loop(Next#actor{until_tidy = Until - Messages}, Messages - 1)
    end;
loop(Actor = #actor{class = Class, layout = Layout, mode = plain,
                    counters = {Places, Counters}}, Left) ->
    receive
        {'$bt_cast', Selector, Arguments} when is_map_key(Selector, Places) ->
            atomics:add(Counters, map_get(Selector, Places), 1),
            put('$bt_msg', Selector),
            try ?RUN(Class, Layout, Selector, Arguments) of
                '$bt_outdated' -> outdated(Actor, nobody, Selector, Arguments);
                _ -> loop(Actor, Left - 1)
            catch
                Kind:Reason:Stack ->
                    failed(Actor, nobody, {Selector, Arguments}, {Kind, Reason, Stack})
            end;
        {'$bt_call', From, Ref, Selector, Arguments} when is_map_key(Selector, Places) ->
            atomics:add(Counters, map_get(Selector, Places), 1),
            put('$bt_msg', Selector),
            try ?RUN(Class, Layout, Selector, Arguments) of
                '$bt_outdated' -> outdated(Actor, {caller, From, Ref}, Selector, Arguments);
                Value ->
                    From ! {'$bt_reply', Ref, outgoing(Value)},
                    loop(Actor, Left - 1)
            catch
                Kind:Reason:Stack ->
                    failed(Actor, {caller, From, Ref}, {Selector, Arguments},
                           {Kind, Reason, Stack})
            end;
        {'$bt_call', From, Ref, Selector, Arguments} when Places =:= #{} ->
            first(Actor, Left, From, Ref, Selector, Arguments);
        {'$bt_cast', Selector, Arguments} when Places =:= #{} ->
            first(Actor, Left, nobody, none, Selector, Arguments);
        {system, From, Request} -> system(Actor, From, Request);
        Message -> loop(handle(Actor, Message), Left - 1)
    end;
loop(Actor = #actor{parent = Parent, mode = #mode{debug = Debug}}, Left) ->
    receive
        {system, From, Request} -> system(Actor, From, Request);
        Message when Debug =:= [] -> loop(kept(handle(Actor, Message)), Left - 1);
        Message -> bt_breakpoint:arrived(Message, {traced(Actor, Message), Left}, Parent, Debug)
    end.

%% @doc What is to be done with the message that a breakpoint has seen.
-spec go_on({#actor{}, pos_integer()}, {handle, term()} | nothing) -> no_return().
go_on({Actor, Left}, {handle, Message}) -> loop(kept(handle(Actor, Message)), Left - 1);
go_on({Actor, Left}, nothing) -> loop(Actor, Left - 1).

%% @doc Ends the actor that a breakpoint holds.
-spec give_up({#actor{}, pos_integer()}, term()) -> no_return().
give_up({Actor, _}, Reason) -> terminate(Actor, Reason).

%% @doc The debug functions of `sys' may change while a breakpoint holds the actor.
-spec debugged({#actor{}, pos_integer()}, [sys:dbg_opt()]) -> {#actor{}, pos_integer()}.
debugged({Actor, Left}, Debug) -> {with_debug(Actor, Debug), Left}.

%% The first message that an actor gets may well be the last one, and there may be a million such
%% actors. So it must not make the heap grow: it allocates no more than without counters, and is
%% counted by the note of its selector only.
-spec first(#actor{}, non_neg_integer(), pid() | reference() | nobody, reference() | none, atom(),
            [term()]) -> no_return().
first(Actor = #actor{class = Class, layout = Layout}, Left, From, Ref, Selector,
      Arguments) ->
    case bt_counters:is_first(put('$bt_msg', Selector)) of
        true ->
            try ?RUN(Class, Layout, Selector, Arguments) of
                '$bt_outdated' -> another(Actor, Left, From, Ref, Selector, Arguments, initialize);
                Value ->
                    From =:= nobody orelse (From ! {'$bt_reply', Ref, outgoing(Value)}),
                    loop(Actor, Left - 1)
            catch
                Kind:Reason:Stack ->
                    failed(Actor, reply_to(From, Ref), {Selector, Arguments},
                           {Kind, Reason, Stack})
            end;
        {false, Before} -> another(Actor, Left, From, Ref, Selector, Arguments, Before)
    end.

-spec another(#actor{}, non_neg_integer(), pid() | reference() | nobody, reference() | none,
              atom(), [term()], atom()) -> no_return().
another(Actor, Left, From, Ref, Selector, Arguments, Before) ->
    put('$bt_msg', Before),
    loop(kept(perform(Actor, reply_to(From, Ref), Selector, Arguments)), Left - 1).

-spec reply_to(pid() | reference() | nobody, reference() | none) -> reply_to().
reply_to(nobody, none) -> nobody;
reply_to(From, Ref) -> {caller, From, Ref}.

%% What a message is counted as.
-spec selector(term()) -> atom().
selector({'$bt_call', _, _, Selector, _}) -> Selector;
selector({'$bt_cast', Selector, _}) -> Selector;
selector({'$bt_send', _, _, Selector, _}) -> Selector;
selector({'$gen_call', _, {Selector, _}}) when is_atom(Selector) -> Selector;
selector({'$gen_call', _, Selector}) when is_atom(Selector) -> Selector;
selector({'$gen_cast', {Selector, _}}) when is_atom(Selector) -> Selector;
selector(_) -> none.

%% A message that met another version of the class than the actor knows: it was counted already.
-spec outdated(#actor{}, reply_to(), atom(), [term()]) -> no_return().
outdated(Actor = #actor{counters = {Places, Counters}}, ReplyTo, Selector, Arguments) ->
    atomics:sub(Counters, map_get(Selector, Places), 1),
    loop(kept(perform(Actor, ReplyTo, Selector, Arguments)), 0).

%% For `sys:trace/2', `sys:log/2' and their like.
-spec traced(#actor{}, term()) -> #actor{}.
traced(Actor = #actor{class = Class}, Message) ->
    with_debug(Actor, sys:handle_debug(debug(Actor), fun print/3, Class, {in, Message})).

-spec print(io:device(), term(), module()) -> ok.
print(Device, {in, Message}, Class) ->
    io:format(Device, "~ts ~p got ~tp~n", [bt_print:class_name(Class), self(), Message]).

%% `recover: #last': the state after every message is kept outside the actor.
-spec kept(#actor{}) -> #actor{}.
kept(Actor = #actor{mode = #mode{place = {_, _} = Place}, shape = Shape}) ->
    Now = bt_state:snapshot(),
    get('$bt_kept') =:= Now orelse bt_recovery:save(Place, Shape, Now),
    put('$bt_kept', Now),
    Actor;
kept(Actor) -> Actor.

%% Comes back through system_continue/3, so it must be the last call of the loop.
-spec system(#actor{}, term(), term()) -> no_return().
system(Actor = #actor{parent = Parent}, From, Request) ->
    Debug = debug(Actor),
    sys:handle_system_msg(Request, From, Parent, ?MODULE, Debug, Actor).

-spec debug(#actor{}) -> [sys:dbg_opt()].
debug(#actor{mode = #mode{debug = Debug}}) -> Debug;
debug(_) -> [].

-spec with_debug(#actor{}, [sys:dbg_opt()]) -> #actor{}.
with_debug(Actor = #actor{mode = plain}, []) -> Actor;
with_debug(Actor = #actor{mode = plain}, Debug) -> Actor#actor{mode = #mode{debug = Debug}};
with_debug(Actor = #actor{mode = #mode{resume = false, place = none}}, []) ->
    Actor#actor{mode = plain};
with_debug(Actor = #actor{mode = Mode}, Debug) -> Actor#actor{mode = Mode#mode{debug = Debug}}.

%%% Messages

-spec handle(#actor{}, term()) -> #actor{} | no_return().
handle(Actor, {'$bt_send', Id, Address, Selector, Arguments}) ->
    perform(Actor, {future, Id, Address}, Selector, Arguments);
handle(Actor, {'$bt_call', From, Ref, Selector, Arguments}) ->
    perform(Actor, {caller, From, Ref}, Selector, Arguments);
handle(Actor, {'$bt_cast', Selector, Arguments}) ->
    perform(Actor, nobody, Selector, Arguments);
handle(Actor, '$bt_tick') ->
    bt_wait:idle_tick(),
    Actor;
handle(Actor, {'$bt_reply', Ref, settled}) ->
    put('$bt_msg', 'whenResolved:'),
    bt_when:ready(Ref, settled),
    Actor;
handle(Actor, {'$bt_reply', _Ref, _LateValue}) -> Actor;
handle(Actor, {'$bt_fault', _Ref, _How, _LateException}) -> Actor;
handle(Actor, {'$bt_timer', Timer}) ->
    put('$bt_msg', 'after:do:'),
    bt_timer:fire(Timer),
    Actor;
handle(Actor, {'DOWN', Ref, process, Pid, Reason} = Down) ->
    bt_when:ready(Ref, {down, Reason})
        orelse notify(Actor, 'actorDown:reason:', [Pid, bt_fault:exit_reason(Reason)], Down),
    Actor;
handle(Actor, {'EXIT', Pid, Reason}) -> exit_signal(Actor, Pid, Reason);
handle(Actor, {'$gen_call', From, Request}) -> gen_request(Actor, {gen, From}, Request);
handle(Actor, {'$gen_cast', Request}) -> gen_request(Actor, nobody, Request);
handle(Actor, {'$bt_duty', {Duty, Other}}) ->
    bt_actor:Duty(self(), Other),
    Actor;
handle(Actor, {'$bt_break', Breakpoints}) ->
    with_debug(Actor, bt_breakpoint:change(Breakpoints, debug(Actor)));
handle(Actor, '$bt_stop') -> terminate(Actor, get('$bt_stop'));
handle(Actor, Message) -> notify(Actor, 'receive:', [Message], Message).

%% `gen_server:call(Actor, {Selector, Arguments})', or just the selector.
-spec gen_request(#actor{}, reply_to(), term()) -> #actor{}.
gen_request(Actor, ReplyTo, {Selector, Arguments}) when is_atom(Selector), is_list(Arguments) ->
    perform(Actor, ReplyTo, Selector, Arguments);
gen_request(Actor, ReplyTo, Selector) when is_atom(Selector) ->
    perform(Actor, ReplyTo, Selector, []);
gen_request(Actor, {gen, From}, Request) ->
    gen_server:reply(From, {error, bt_fault:type_error(<<"{Selector, Arguments}">>, Request)}),
    Actor;
gen_request(Actor, nobody, Request) ->
    notify(Actor, 'receive:', [{'$gen_cast', Request}], Request).

%% A message that came from outside Beamtalk, for a method that the class may or may not have.
-spec notify(#actor{}, atom(), [term()], term()) -> #actor{}.
notify(Actor = #actor{class = Class}, Selector, Arguments, Message) ->
    case erlang:function_exported(Class, Selector, length(Arguments) + 1) of
        true -> perform(Actor, nobody, Selector, Arguments);
        false ->
            bt_report:unexpected(Class, Message),
            Actor
    end.

%% The parent's exit signal ends the actor. So does any other one, unless the program itself asked
%% to see them (`trapExit: true').
-spec exit_signal(#actor{}, pid(), term()) -> #actor{}.
exit_signal(Actor = #actor{parent = Parent}, Parent, Reason) -> terminate(Actor, Reason);
exit_signal(Actor, Pid, Reason) ->
    case get('$bt_trap_exit') of
        true ->
            Seen = bt_fault:exit_reason(Reason),
            notify(Actor, 'exit:reason:', [Pid, Seen], {'EXIT', Pid, Reason});
        _ when Reason =:= normal -> Actor;
        _ -> terminate(Actor, Reason)
    end.

-spec perform(#actor{}, reply_to(), atom(), [term()]) -> #actor{} | no_return().
perform(Actor0, ReplyTo, Selector, Arguments) ->
    {Actor, Start} = counting(up_to_date(Actor0), Selector, length(Arguments)),
    #actor{class = Class, mode = Mode, layout = Layout} = Actor,
    put('$bt_msg', Selector),
    Before = before(Mode),
    try ?RUN(Class, Layout, Selector, Arguments) of
        '$bt_outdated' -> perform(Actor, ReplyTo, Selector, Arguments);
        Value ->
            Start =:= none orelse bt_counters:timed(Selector, Start, Actor#actor.counters),
            kept(Actor),
            reply(ReplyTo, Value),
            Actor
    catch
        Kind:Reason:Stack ->
            failed(Actor, ReplyTo, {Selector, Arguments}, {Kind, Reason, Stack}, Before)
    end.

%% The actor as its class is now. Where the class was removed it stays what it is.
-spec up_to_date(#actor{}) -> #actor{}.
up_to_date(Actor = #actor{class = Class, layout = Layout}) ->
    try Class:'$layout'() of
        Layout -> Actor;
        New -> renewed(Actor, New)
    catch
        error:_ -> Actor
    end.

%% The layout was read first: what is loaded meanwhile is noticed before the next message.
-spec renewed(#actor{}, bt_layout:layout()) -> #actor{}.
renewed(Actor = #actor{class = Class, parent = Parent, shape = Shape}, Layout) ->
    Migrated = bt_migration:migrate(Class, Shape),
    trap_for_terminate(Parent, Class),
    Renewed = Actor#actor{layout = Layout, shape = Migrated},
    try Renewed#actor{mode = mode(Class, debug(Actor))}
    catch
        Kind:Reason:Stack ->
            Exception = bt_error:wrap(Kind, Reason, Stack),
            bt_report:migration_failed(Class, declaration, Exception, Stack),
            Renewed
    end.

%% The actor after this message was counted. What the class does not understand is not. The first
%% message of a selector is timed.
-spec counting(#actor{}, atom(), arity()) -> {#actor{}, integer() | none}.
counting(Actor = #actor{class = Class, counters = Counters}, Selector, Arguments) ->
    case bt_counters:count(Selector, Counters) of
        true -> {Actor, none};
        false ->
            case erlang:function_exported(Class, Selector, Arguments + 1) of
                true ->
                    Entered = bt_counters:enter(Selector, Counters),
                    {Actor#actor{counters = Entered}, erlang:monotonic_time()};
                false -> {Actor#actor{counters = bt_counters:settle(Counters)}, none}
            end
    end.

-spec before(mode()) -> bt_state:snapshot().
before(#mode{resume = true}) -> bt_state:snapshot();
before(_) -> [].

%%% Replies

-spec reply(reply_to(), term()) -> ok.
reply(nobody, _) -> ok;
reply({caller, From, Ref}, Value) ->
    From ! {'$bt_reply', Ref, outgoing(Value)},
    ok;
reply({future, Id, Address}, Value) -> bt_future_store:settle(Id, Address, {ok, outgoing(Value)});
reply({gen, From}, {'$bt_future', _, _, _} = Future) ->
    bt_future:forward(Future, fun(Answer) -> gen_server:reply(From, gen_answer(Answer)) end);
reply({gen, From}, Value) -> gen_server:reply(From, outgoing(Value)).

-spec gen_answer(bt_future:outcome()) -> term().
gen_answer({ok, Value}) -> Value;
gen_answer({error, Exception}) -> {error, Exception}.

-spec outgoing(term()) -> term().
outgoing(Value) when is_number(Value); is_atom(Value); is_binary(Value); is_pid(Value) -> Value;
outgoing(Value) -> bt_cell:copy(Value).

%%% Errors

-spec failed(#actor{}, reply_to(), {atom(), [term()]}, {atom(), term(), list()}) -> no_return().
failed(Actor, ReplyTo, Message, Raised) ->
    loop(failed(Actor, ReplyTo, Message, Raised, []), 0).

-spec failed(#actor{}, reply_to(), {atom(), [term()]}, {atom(), term(), list()},
             bt_state:snapshot()) -> #actor{} | no_return().
failed(Actor = #actor{class = Class}, ReplyTo, Message, Raised, Before) ->
    {Kind, Reason, Stack} = Raised,
    Exception = bt_error:wrap(Kind, Reason, Stack),
    case is_refusal(Exception, Message) orelse is_removed(Exception, Class) of
        true ->
            bt_counters:refused(Actor#actor.counters),
            refuse(Actor, ReplyTo, Message, Exception);
        false ->
            Counters = bt_counters:failed(element(1, Message), Actor#actor.counters),
            harmed(Actor#actor{counters = Counters}, ReplyTo, Message, Raised, Before, Exception)
    end.

-spec harmed(#actor{}, reply_to(), {atom(), [term()]}, {atom(), term(), list()},
             bt_state:snapshot(), bt_fault:exception()) -> #actor{} | no_return().
harmed(Actor = #actor{mode = #mode{resume = true}, class = Class}, ReplyTo, Message, Raised, Before,
       Exception) ->
    {_, _, Stack} = Raised,
    bt_state:restore(Before),
    bt_report:resumed(Class, Message, Exception, Stack),
    refuse_with(ReplyTo, Exception),
    Actor;
harmed(Actor, ReplyTo, _, {exit, Reason, _}, _, Exception) ->
    doom(ReplyTo, Exception),
    terminate(Actor, Reason);
harmed(Actor, ReplyTo, Message, {_, _, Stack}, _, Exception) ->
    crash(Actor, ReplyTo, Message, Exception, Stack).

%% The received message itself was not understood, or fitted no clause: the actor is unharmed.
-spec is_refusal(bt_fault:exception(), {atom(), [term()]}) -> boolean().
is_refusal(#{'$class' := 'bt.stdlib.DoesNotUnderstand', selector := Selector, receiver := Self,
             arguments := Arguments}, {Selector, Arguments}) -> Self =:= self();
is_refusal(#{'$class' := 'bt.stdlib.MatchError', selector := Selector, receiver := Self,
             value := Value}, {Selector, Arguments}) ->
    Self =:= self() andalso (Arguments =:= [Value] orelse Arguments =:= Value);
is_refusal(_, _) -> false.

%% The class is not there any more. The actor keeps its state, in case it comes back.
-spec is_removed(bt_fault:exception(), module()) -> boolean().
is_removed(#{'$class' := 'bt.stdlib.UndefinedClass'}, Class) ->
    not erlang:function_exported(Class, '$layout', 0);
is_removed(_, _) -> false.

-spec refuse(#actor{}, reply_to(), {atom(), [term()]}, bt_fault:exception()) -> #actor{}.
refuse(Actor = #actor{class = Class}, nobody, Message, Exception) ->
    bt_report:refused(Class, Message, Exception),
    Actor;
refuse(Actor, ReplyTo, _, Exception) ->
    refuse_with(ReplyTo, Exception),
    Actor.

-spec refuse_with(reply_to(), bt_fault:exception()) -> ok.
refuse_with(nobody, _) -> ok;
refuse_with({caller, From, Ref}, Exception) ->
    From ! {'$bt_fault', Ref, refused, Exception},
    ok;
refuse_with({future, Id, Address}, Exception) ->
    bt_future_store:settle(Id, Address, {error, Exception});
refuse_with({gen, From}, Exception) -> gen_server:reply(From, {error, Exception}).

%% Everybody who waits hears the reason, but acts on it only when this process is dead.
-spec crash(#actor{}, reply_to(), {atom(), [term()]}, bt_fault:exception(), list()) ->
          no_return().
crash(Actor = #actor{class = Class}, ReplyTo, {Selector, _} = Message, Exception, Stack) ->
    put('$bt_msg', Selector),
    bt_report:crash(Class, Message, Exception, Stack),
    run_terminate(Actor, Exception),
    doom(ReplyTo, Exception),
    die(Actor, {Exception, Stack}).

-spec doom(reply_to(), bt_fault:exception()) -> ok.
doom({caller, From, Ref}, Exception) ->
    From ! {'$bt_fault', Ref, dying, Exception},
    ok;
doom({future, Id, Address}, Exception) -> bt_future_store:leave(Id, Address, {error, Exception});
doom(_, _) -> ok.

%% Those whose messages are still in the mailbox get ActorDied with class and reason.
-spec die(#actor{}, term()) -> no_return().
die(#actor{class = Class, counters = Counters}, Reason) ->
    bt_graves:bury(self(), Class, Reason),
    bt_counters:retire(Class, Counters),
    Exception = bt_fault:actor_died(self(), Class, Reason),
    doom_mailbox(Exception),
    exit(Reason).

-spec doom_mailbox(bt_fault:exception()) -> ok.
doom_mailbox(Exception) ->
    receive
        {'$bt_call', From, Ref, _, _} ->
            doom({caller, From, Ref}, Exception),
            doom_mailbox(Exception);
        {'$bt_send', Id, Address, _, _} ->
            doom({future, Id, Address}, Exception),
            doom_mailbox(Exception)
    after 0 -> ok
    end.

%%% The end

-spec terminate(#actor{}, term()) -> no_return().
terminate(Actor, Reason) ->
    run_terminate(Actor, Reason),
    die(Actor, Reason).

%% An error in `terminate:' must not hide the reason for which the actor ends.
-spec run_terminate(#actor{}, term()) -> term().
run_terminate(Actor, Reason) ->
    #actor{class = Class} = up_to_date(Actor),
    try
        erlang:function_exported(Class, 'terminate:', 2)
            andalso Class:'terminate:'(self(), Reason)
    catch
        Kind:Error:Stack ->
            Exception = bt_error:wrap(Kind, Error, Stack),
            bt_report:crash(Class, {'terminate:', [Reason]}, Exception, Stack)
    end.

%%% sys

%% @private
-spec system_continue(pid(), [sys:dbg_opt()], #actor{}) -> no_return().
system_continue(_Parent, Debug, Actor) -> loop(with_debug(Actor, Debug), 0).

%% @private
-spec system_terminate(term(), pid(), [sys:dbg_opt()], #actor{}) -> no_return().
system_terminate(Reason, _Parent, _Debug, Actor) -> terminate(Actor, Reason).

%% @private
-spec system_get_state(#actor{}) -> {ok, #{atom() => term()}}.
system_get_state(_Actor) -> {ok, bt_state:to_map()}.

%% @private
-spec system_replace_state(fun((map()) -> map()), #actor{}) -> {ok, map(), #actor{}}.
system_replace_state(Change, Actor) ->
    New = Change(bt_state:to_map()),
    bt_state:replace(New),
    {ok, New, Actor}.

%% @private
-spec system_code_change(#actor{}, module(), term(), term()) -> {ok, #actor{}}.
system_code_change(Actor, _Module, _Old, _Extra) -> {ok, up_to_date(Actor)}.

%% @private What `sys:get_status/1' and observer show.
-spec format_status(normal, list()) -> [{header, string()} | {data, [{string(), term()}]}].
format_status(normal, [Dictionary, Status, Parent, Debug, #actor{class = Class}]) ->
    Name = binary_to_list(bt_print:class_name(Class)),
    [{header, lists:concat(["Status for the actor ", Name, " ", pid_to_list(self())])},
     {data, [{"Status", Status}, {"Parent", Parent}, {"Class", Class},
             {"Last message", proplists:get_value('$bt_msg', Dictionary)},
             {"Logged events", sys:get_log(Debug)}]},
     {data, [{"State", bt_state:from_dictionary(Dictionary)}]}].
