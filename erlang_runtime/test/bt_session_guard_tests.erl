-module(bt_session_guard_tests).

-include_lib("eunit/include/eunit.hrl").

guard_test_() ->
    {foreach, fun bt_fixture:start/0, fun bt_fixture:stop/1, [
        fun a_session_ends_with_its_owner/0,
        fun a_session_of_this_node_is_not_attached/0,
        fun a_guard_ends_with_its_session/0
    ]}.

a_session_ends_with_its_owner() ->
    {Owner, Session} = owned_session(),
    Monitor = monitor(process, Session),
    exit(Owner, kill),
    receive {'DOWN', Monitor, process, _, Reason} -> ?assertEqual(shutdown, Reason)
    after 5000 -> error(still_there)
    end,
    no_guards(50).

a_session_of_this_node_is_not_attached() ->
    {Owner, _} = owned_session(),
    ?assertEqual([], bt_session_guard:sessions()),
    ?assertEqual(none, bt_session_guard:terminal(group_leader())),
    ?assertEqual(none, bt_caller:node_of()),
    exit(Owner, kill),
    no_guards(50).

a_guard_ends_with_its_session() ->
    {Owner, Session} = owned_session(),
    exit(Session, kill),
    no_guards(50),
    exit(Owner, kill).

owned_session() ->
    Test = self(),
    Owner = spawn(fun() ->
        Test ! {session, bt_session_guard:start(self(), group_leader())},
        receive never -> ok end
    end),
    receive {session, Session} -> {Owner, Session} after 5000 -> error(no_session) end.

no_guards(0) -> error(guards_are_left);
no_guards(Attempts) ->
    case bt_owned_sup:children(bt_session_guard) of
        [] -> ok;
        _ -> timer:sleep(20), no_guards(Attempts - 1)
    end.
