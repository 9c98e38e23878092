%% @doc The exceptions that the process side of the runtime raises.
%%
%% They are built here as complete values, not through the classes' `$init', because they must
%% be available while classes are being loaded and in processes that are about to die.
-module(bt_fault).

-export([timeout/2, deadlock/1, actor_died/3, no_actor/2, expired/1, instantiation/1, name_taken/2,
         no_key/2, no_variable/2, foreign_state/1, type_error/2, dropped/1,
         user_error/1, exit_reason/1]).
-export_type([exception/0]).

-type exception() :: #{'$class' := module(), atom() => term()}.

%% @doc Nobody answered in time.
-spec timeout(term(), non_neg_integer()) -> exception().
timeout(Receiver, Ms) ->
    Seconds = bt_print:display_string(Ms),
    new('TimeoutError', timeout, <<"no answer within ", Seconds/binary, " ms">>,
        <<"await: takes a longer time, awaitForever waits without limit">>,
        #{receiver => Receiver}).

%% @doc The process waits for something that only it can do, or waits in a ring of processes.
-spec deadlock([pid()]) -> exception().
deadlock([_]) ->
    new('DeadlockError', deadlock,
        <<"an actor waits for the answer to its own next message">>,
        <<"use self, or whenResolved: to go on when the answer is there">>,
        #{receiver => self(), cycle => []});
deadlock(Ring) ->
    Cycle = bt_deadlock:waits_of(Ring),
    Texts = [bt_deadlock:text(Wait) || Wait <- Cycle],
    Text = iolist_to_binary(lists:join(", ", Texts)),
    new('DeadlockError', deadlock, <<"actors wait for each other: ", Text/binary>>,
        <<"one of them should use whenResolved: instead of await">>,
        #{receiver => self(), cycle => Cycle}).

%% @doc The target of a message is dead. `Facade' is its class, or `unknown'.
-spec actor_died(term(), module() | unknown, term()) -> exception().
actor_died(Actor, unknown, Reason) ->
    actor_of_class_died(Actor, bt_graves:class_of(Actor), Reason);
actor_died(Actor, Facade, Reason) -> actor_of_class_died(Actor, Facade, Reason).

-spec actor_of_class_died(term(), module() | unknown, term()) -> exception().
actor_of_class_died(Actor, Facade, Reason0) ->
    Reason = exit_reason(Reason0),
    Text = reason_text(Reason),
    new('ActorDied', actor_dead, <<(who(Facade))/binary, " died: ", Text/binary>>, nil,
        #{receiver => Actor, actor => Actor, actorClass => class_object(Facade),
          reason => Reason}).

%% @doc A message to a process of Erlang's own; nil where only the future of its answer is known.
-spec no_actor(pid(), atom()) -> exception().
no_actor(Pid, Selector) ->
    Words = case Selector of
                nil -> <<"Process does not answer messages of Beamtalk">>;
                _ -> <<"Process does not understand #", (bt_print:symbol_text(Selector))/binary>>
            end,
    new('DoesNotUnderstand', does_not_understand, Words,
        <<"an Erlang process is asked with call:, told with cast:, "
          "sent plain messages with send:">>,
        #{receiver => Pid, selector => Selector, arguments => []}).

%% @doc A future that was only held by another node, after its value was dropped.
-spec expired(term()) -> exception().
expired(Future) ->
    new('FutureExpired', future_expired, <<"the value of this future is no longer kept">>,
        <<"a future that went to another node is kept 10 minutes after it settles">>,
        #{receiver => Future}).

%% @doc An abstract class was asked for an instance.
-spec instantiation(module()) -> exception().
instantiation(Facade) ->
    Name = bt_print:class_name(Facade),
    new('InstantiationError', instantiation_error,
        <<Name/binary, " is abstract and has no instances">>,
        <<"use one of its subclasses">>, #{receiver => class_object(Facade)}).

%% @doc Another live process has the name.
-spec name_taken(atom(), pid()) -> exception().
name_taken(Name, Actor) ->
    Text = bt_print:print_string(Name),
    new('Error', name_taken, <<"the name ", Text/binary, " is taken">>, nil,
        #{receiver => Actor}).

%% @doc A keyword names no state variable of the class.
-spec no_variable(module(), term()) -> exception().
no_variable(Facade, Keyword) ->
    Name = bt_print:class_name(Facade),
    Text = bt_print:print_string(Keyword),
    new('Error', user_error, <<Name/binary, " has no state variable ", Text/binary>>, nil,
        #{receiver => class_object(Facade)}).

%% @doc Nothing is known under this key.
-spec no_key(term(), binary()) -> exception().
no_key(Key, Text) -> new('KeyNotFound', key_not_found, Text, nil, #{key => Key}).

%% @doc An Error with this text.
-spec user_error(binary()) -> exception().
user_error(Text) -> new('Error', user_error, Text, nil, #{}).

%% @doc A block that went to another process touched the state of the actor it came from.
-spec foreign_state(atom()) -> exception().
foreign_state(Key) ->
    "@" ++ Name = atom_to_list(Key),
    Text = unicode:characters_to_binary(Name),
    new('Error', user_error,
        <<"self.", Text/binary, " belongs to an actor, and this block runs outside it">>,
        <<"send the actor a message instead">>, #{}).

%% @doc An argument of the wrong kind.
-spec type_error(binary(), term()) -> exception().
type_error(Expected, Got) ->
    Text = bt_print:print_string(Got),
    new('TypeError', type_error, <<"expected ", Expected/binary, ", got ", Text/binary>>, nil, #{}).

%% @doc Somebody who debugs the receiver has dropped the message.
-spec dropped(atom()) -> exception().
dropped(Selector) ->
    Text = bt_print:print_string(Selector),
    new('MessageDropped', message_dropped, <<Text/binary, " was dropped in the debugger">>, nil,
        #{receiver => self(), selector => Selector}).

-spec new(atom(), atom(), binary(), binary() | nil, map()) -> exception().
new(Name, Kind, Message, Hint, Fields) ->
    Class = list_to_atom("bt.stdlib." ++ atom_to_list(Name)),
    maps:merge(#{'$class' => Class, message => Message, hint => Hint, selector => nil,
                 receiver => nil, kind => Kind, stackTrace => []}, Fields).

-spec who(module() | unknown) -> binary().
who(unknown) -> <<"an actor">>;
who(Facade) -> bt_print:article(bt_print:class_name(Facade)).

-spec class_object(module() | unknown) -> term().
class_object(unknown) -> nil;
class_object(Facade) -> #{'$class' => 'bt.stdlib.Class', module => Facade}.

%% @doc The reason as Beamtalk sees it: an actor that crashed exits with `{Exception, Stack}', of
%% which the exception is what matters.
-spec exit_reason(term()) -> term().
exit_reason({#{'$class' := _} = Exception, Stack}) when is_list(Stack) -> Exception;
exit_reason(Reason) -> Reason.

-spec reason_text(term()) -> binary().
reason_text(#{'$class' := _, message := Message}) when is_binary(Message) -> Message;
reason_text(noproc) -> <<"it was dead already">>;
reason_text(Reason) when is_atom(Reason) -> atom_to_binary(Reason);
reason_text(Reason) -> unicode:characters_to_binary(io_lib:format("~0tp", [Reason])).
