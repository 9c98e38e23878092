%% @doc The side of an attached session where somebody sits: connects this node to the system that
%% is meant, and starts sessions there.
%%
%% The node of the command line becomes distributed only for that, hidden and without listening:
%% nobody can connect to it, it needs neither epmd nor a cookie of its own, and tells the cookie of
%% the other node to nobody else.
-module(bt_bridge).

-export([connect/2, start_session/2, call/4]).
-export_type([failure/0]).

%% What went wrong, and what to do about it.
-type failure() :: {error, Message :: binary(), Hint :: binary()}.

-define(TIMEOUT, 30000).
%% Who asks for something to show asks again soon.
-define(LOOK_TIMEOUT, 5000).

%% @doc Connects to a node with its cookie, and looks whether sessions are possible there. Answers
%% the versions of OTP and of the runtime.
-spec connect(node(), binary()) -> {ok, binary(), binary()} | failure().
connect(Node, Cookie) ->
    case named(Node) of
        ok ->
            true = erlang:set_cookie(Node, binary_to_atom(Cookie)),
            reach(Node);
        Failure ->
            Failure
    end.

%% The node is hidden, and connects to nobody that a message may name.
named(Node) ->
    ok = application:set_env(kernel, dist_auto_connect, never),
    Options = #{dist_listen => false, hidden => true, name_domain => domain(Node)},
    case net_kernel:start(name(domain(Node)), Options) of
        {ok, _} -> ok;
        {error, {already_started, _}} -> ok;
        {error, Reason} -> failure("this node cannot become distributed: ~0tp", [Reason], "")
    end.

domain(Node) ->
    case lists:member($., host(Node)) of
        true -> longnames;
        false -> shortnames
    end.

host(Node) -> lists:last(string:split(atom_to_list(Node), "@")).

%% Nobody looks this name up; it only has to differ from those of others who are attached.
name(Domain) ->
    Number = rand:uniform(1 bsl 64),
    Host = maps:get(Domain, #{longnames => "127.0.0.1", shortnames => "localhost"}),
    list_to_atom("beamtalk_" ++ integer_to_list(Number, 36) ++ "@" ++ Host).

reach(Node) ->
    case net_kernel:connect_node(Node) of
        true -> checked(Node);
        _ -> unreachable(Node, registered(Node))
    end.

registered(Node) ->
    [Name, Host] = string:split(atom_to_list(Node), "@"),
    erl_epmd:port_please(Name, Host, 3000).

unreachable(Node, {port, _, _}) ->
    failure("~ts refuses the connection: the cookie is not its cookie", [Node],
        "give the cookie of that node with --cookie-file FILE or in BEAMTALK_COOKIE; "
        "if it is right, the node may be unreachable for another reason "
        "(a firewall, TLS distribution)");
unreachable(Node, noport) ->
    case inet:getaddr(host(Node), inet) of
        {ok, _} -> no_such_node(Node);
        {error, _} -> failure("the host ~ts is not known", [host(Node)], "")
    end;
unreachable(Node, _) ->
    failure("~ts cannot be reached: there is no epmd at ~ts", [Node, host(Node)],
        "is a node running there?").

no_such_node(Node) ->
    failure("there is no node ~ts: epmd at ~ts knows no such name", [Node, host(Node)],
        "a node is attached to by its full name, and must have been started with one "
        "(--name or --sname; `epmd -names` lists them)").

checked(Node) ->
    try erpc:call(Node, bt_attached, protocol, [], ?TIMEOUT) of
        Protocol ->
            case bt_attached:protocol() of
                Protocol -> described(Node);
                _ -> other_protocol(Node)
            end
    catch
        error:{exception, undef, _} -> no_runtime(Node);
        error:{erpc, Reason} -> failure("~ts does not answer: ~0tp", [Node, Reason], "")
    end.

other_protocol(Node) ->
    failure("the Beamtalk runtime of ~ts is of another version than this one", [Node],
        "attach with the `beamtalk` that the system was built with").

no_runtime(Node) ->
    failure("the Beamtalk runtime is not on the code path of ~ts", [Node],
        ["start it with", [[" -pa ", Path] || Path <- ebins()],
         ", or put beamtalk_runtime and beamtalk_stdlib among its applications"]).

ebins() ->
    [filename:dirname(Beam) || Beam <- [code:which(?MODULE), code:which('bt.stdlib.Object')],
     is_list(Beam)].

%% Code for a newer system may not load in an older one.
described(Node) ->
    #{otp := Release, version := Version, stdlib := HasLibrary} =
        erpc:call(Node, bt_attached, describe, [], ?TIMEOUT),
    Own = erlang:system_info(otp_release),
    case list_to_integer(Release) < list_to_integer(Own) of
        true ->
            failure("~ts runs Erlang/OTP ~ts, and what is compiled here is for ~ts or newer",
                [Node, Release, Own],
                ["put an `erl` of OTP ", Release, " on PATH and attach again"]);
        false when not HasLibrary ->
            failure("the standard library of Beamtalk is not on the code path of ~ts", [Node],
                "beamtalk_stdlib belongs beside beamtalk_runtime");
        false ->
            ok = bt_transcript:use_utf8(),
            ok = bt_compiler:start_bridge(),
            {ok, list_to_binary(Release), list_to_binary(Version)}
    end.

%% @doc Starts a session there that works for a process here. What it writes comes here.
-spec start_session(node(), pid()) -> {ok, pid()} | failure().
start_session(Node, Owner) ->
    Terminal = bt_terminal:start(),
    try erpc:call(Node, bt_attached, attach, [Owner, Terminal], ?TIMEOUT) of
        {ok, Session} ->
            ok = bt_terminal:follow(Terminal, Session),
            {ok, Session};
        {error, Reason} ->
            failure("the Beamtalk runtime of ~ts does not start: ~0tp", [Node, Reason], "")
    catch
        error:{erpc, Reason} ->
            failure("~ts does not answer: ~0tp", [Node, Reason], "")
    end.

%% @doc Calls a function there, without a session.
-spec call(node() | none, module(), atom(), [term()]) ->
          {ok, term()} | undefined | lost | late | failure().
call(none, _Module, _Function, _Arguments) -> failure("this node is attached to no other", [], "");
call(Node, Module, Function, Arguments) ->
    try {ok, erpc:call(Node, Module, Function, Arguments, ?LOOK_TIMEOUT)}
    catch
        error:{exception, undef, [{Module, Function, _, _} | _]} -> undefined;
        error:{erpc, noconnection} -> lost;
        error:{erpc, timeout} -> late;
        _:Reason -> failure("~ts failed: ~0tp", [Node, Reason], "")
    end.

failure(Format, Arguments, Hint) ->
    {error, unicode:characters_to_binary(io_lib:format(Format, Arguments)),
     unicode:characters_to_binary(Hint)}.
