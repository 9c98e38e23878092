%% @doc Supervisors as one looks at them: `team inspect'. Nobody is asked; all that is shown is read
%% from outside, so a busy child does not delay it.
-module(bt_supervision).

-export([tree/1, tree/2, pid_text/1]).

%% @doc The tree of a supervisor.
-spec tree(pid()) -> map().
tree(Supervisor) -> tree(Supervisor, bt_actor:class_of(Supervisor)).

%% @doc The tree of a supervisor of this class.
-spec tree(pid(), module()) -> map().
tree(Supervisor, Facade) -> tree(Supervisor, Facade, nil).

tree(Supervisor, Facade, Id) ->
    Class = bt_class:object(Facade),
    Strategy = case bt_class:find(Facade, 'class strategy', 1) of
                   none -> oneForOne;
                   {Module, Function} -> bt_op:touch(Module:Function(Class))
               end,
    bt_class:instantiate('bt.stdlib.SupervisorInfo', #{
        supervisorClass => Class,
        pid => Supervisor,
        id => id(Id),
        strategy => Strategy,
        children => [child(Row) || Row <- bt_supervisor:rows(Supervisor)]
    }).

child({_, Id, Pid, Class, _}) ->
    case is_pid(Pid) andalso bt_processes:lookup(Pid) of
        {Facade, Data} when Data =/= none -> tree(Pid, Facade, Id);
        _ -> leaf(Id, Pid, Class)
    end.

leaf(Id, Pid, Class) ->
    {Status, State, Selector} = look(Pid),
    bt_class:instantiate('bt.stdlib.ChildInfo', #{
        childClass => case Class of nil -> nil; _ -> bt_class:object(Class) end,
        pid => Pid,
        id => id(Id),
        status => Status,
        currentMessage => Selector,
        state => State
    }).

look(nil) -> {terminated, #{}, nil};
look(Pid) ->
    case process_info(Pid, [status, dictionary, current_function]) of
        undefined -> {restarting, #{}, nil};
        [{status, _}, {dictionary, Dictionary}, {current_function, Where}] ->
            State = bt_state:from_dictionary(Dictionary),
            case is_idle(Where) of
                true -> {idle, State, nil};
                false -> {busy, State, proplists:get_value('$bt_msg', Dictionary, nil)}
            end
    end.

is_idle({gen_server, _, _}) -> true;
is_idle(Where) -> bt_inspect:is_between_messages(Where).

%% A class's facade as an id is the class to the program.
id({Id, N}) when is_integer(N) -> {id(Id), N};
id(Id) when is_atom(Id), Id =/= nil ->
    case bt_class:meta(Id) of
        #{kind := _} -> bt_class:object(Id);
        _ -> Id
    end;
id(Id) -> Id.

%% @doc A pid as text; nothing for none.
-spec pid_text(pid() | nil) -> binary().
pid_text(nil) -> <<>>;
pid_text(Pid) -> list_to_binary(pid_to_list(Pid)).
