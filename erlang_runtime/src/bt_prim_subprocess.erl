%%% @doc Primitives of Subprocess: programs of the operating system. Arguments go to the program as
%%% they are; no shell looks at them.
-module(bt_prim_subprocess).

-export([open/5, ask/3, wait/5, write/3, do_lines/4, find/1, is_open/1, signal/2, finish/4,
         text/3]).

-include_lib("kernel/include/file.hrl").

%% What signals a program may be sent; whoever stops it will want to let it go on.
-define(SIGNALS, #{
    hup => "HUP", int => "INT", quit => "QUIT", kill => "KILL", usr1 => "USR1", usr2 => "USR2",
    term => "TERM", stop => "STOP", cont => "CONT", winch => "WINCH", alrm => "ALRM"
}).

%%% Starting

%% @doc Starts a program for the present process; answers its server. The directory and the
%% environment may be nil.
-spec open(term(), term(), term(), term(), atom()) -> pid().
open(Program, Args, Env, Dir, Selector) ->
    Name = bt_prim_file:name(Program, Selector),
    Where = directory(bt_op:touch(Dir), Selector),
    Variables = environment(bt_op:touch(Env), Selector),
    Plan = #{
        program => executable(Name, Where, Variables, Selector),
        args => [bt_prim_file:name(Arg, Selector) || Arg <- list(bt_op:touch(Args), Selector)],
        dir => Where, env => Variables
    },
    case bt_subprocess:open(self(), Plan) of
        {ok, Server} -> Server;
        {error, Reason} -> bt_file_error:raise_subprocess(Reason, Name, Selector)
    end.

list(Args, _Selector) when is_list(Args) -> Args;
list(Other, Selector) ->
    bt_prim_collection:type_error(<<"a List of arguments">>, Other, nil, Selector).

directory(nil, _Selector) ->
    nil;
directory(Dir, Selector) ->
    Name = bt_prim_file:name(Dir, Selector),
    case bt_prim_file:type(Name, true) of
        directory -> Name;
        nil -> bt_prim_file:fail(enoent, Name, Selector);
        _ -> bt_prim_file:fail(enotdir, Name, Selector)
    end.

environment(nil, _Selector) -> [];
environment(Env, Selector) when is_map(Env), not is_map_key('$class', Env) ->
    [variable(Name, Value, Selector) || {Name, Value} <- maps:to_list(Env)];
environment(Other, Selector) ->
    Wanted = <<"a Dictionary of Strings for the environment">>,
    bt_prim_collection:type_error(Wanted, Other, nil, Selector).

%% nil takes a variable away.
variable(Name, Value, Selector) ->
    Text = bt_prim_system:variable_name(Name, Selector),
    case bt_op:touch(Value) of
        nil -> {Text, false};
        Other -> {Text, bt_prim_system:variable_value(Other, Selector)}
    end.

%% A name without a slash is looked for in the directories of PATH.
executable(Name, Dir, Env, Selector) ->
    Found =
        case binary:match(Name, <<"/">>) of
            nomatch -> find(Name, path(Env));
            _ -> is_executable(in_directory(Name, Dir))
        end,
    case Found of
        {ok, Program} -> Program;
        {error, Reason} -> bt_file_error:raise_subprocess(Reason, Name, Selector)
    end.

in_directory(Name, nil) -> filename:absname(Name);
in_directory(Name, Dir) -> filename:absname(Name, filename:absname(Dir)).

path(Env) ->
    case lists:keyfind("PATH", 1, Env) of
        {_, Path} when is_list(Path) -> Path;
        _ -> os:getenv("PATH", "/usr/bin:/bin")
    end.

%% @doc The path of a program, or nil.
-spec find(term()) -> binary() | nil.
find(Program) ->
    case find(bt_prim_file:name(Program, 'which:'), path([])) of
        {ok, Path} -> Path;
        {error, _} -> nil
    end.

find(<<>>, _Path) ->
    {error, not_found};
find(Name, Path) ->
    Places = binary:split(unicode:characters_to_binary(Path), <<":">>, [global]),
    Candidates = [is_executable(filename:absname(filename:join(Place, Name))) || Place <- Places],
    case [Found || {ok, _} = Found <- Candidates] of
        [First | _] -> First;
        [] -> {error, not_found}
    end.

is_executable(Path) ->
    case file:read_file_info(Path, [raw]) of
        {ok, #file_info{type = regular, mode = Mode}} when Mode band 8#111 =/= 0 ->
            {ok, Path};
        {ok, _} ->
            {error, not_executable};
        {error, _} ->
            {error, not_found}
    end.

%%% Talking

%% @doc What the server answers; nil at the end of a stream.
-spec ask(#{atom() => term()}, bt_subprocess:request(), atom()) -> term().
ask(#{server := Server, program := Program}, Request, Selector) ->
    case bt_subprocess:request(Server, Request) of
        {ok, Answer} -> Answer;
        {error, timeout} -> late(Request, Program, Selector);
        {error, Reason} -> bt_file_error:raise_subprocess(Reason, Program, Selector)
    end.

-spec late(term(), binary(), atom()) -> no_return().
late({wait, _, _, Ms}, Program, Selector) ->
    Time = integer_to_binary(Ms),
    bt_error:raise('bt.stdlib.TimeoutError', #{
        message => <<(bt_print:print_string(Program))/binary, ": nothing within ", Time/binary,
            " ms">>,
        selector => Selector
    }).

%% @doc Waits so many milliseconds, or with nil without limit, for something.
-spec wait(#{atom() => term()}, atom(), bt_subprocess:channel(), term(), atom()) -> term().
wait(Process, Want, Channel, Time, Selector) ->
    ask(Process, {wait, Want, Channel, milliseconds(bt_op:touch(Time), Selector)}, Selector).

milliseconds(nil, _Selector) -> infinity;
milliseconds(Ms, _Selector) when is_integer(Ms), Ms >= 0, Ms < 1 bsl 32 -> Ms;
milliseconds(Other, Selector) ->
    bt_prim_collection:type_error(<<"a number of milliseconds">>, Other, nil, Selector).

%% @doc Writes to the program; waits as long as its pipe is full.
-spec write(#{atom() => term()}, binary(), atom()) -> nil.
write(#{program := Program} = Process, Data, Selector) ->
    Port = ask(Process, input, Selector),
    try port_command(Port, Data) of
        true -> nil
    catch
        error:badarg -> bt_file_error:raise_subprocess(epipe, Program, Selector)
    end.

%% @doc Evaluates the block with each line of a stream.
-spec do_lines(#{atom() => term()}, bt_subprocess:channel(), term(), atom()) -> nil.
do_lines(#{server := Server, program := Program} = Process, Channel, Block, Selector) ->
    Take = fun() -> ask(Process, {wait, lines, Channel, infinity}, Selector) end,
    Back = fun(Lines) -> bt_subprocess:request(Server, {unread, Channel, Lines}) end,
    Fail = fun(Reason) -> bt_file_error:raise_subprocess(Reason, Program, Selector) end,
    bt_lines:from({Take, Back, Fail}, utf8, bt_prim_collection:function(Block, 1, 'do:')).

%% @doc Bytes that the program wrote as a String; nil is nil.
-spec text(binary() | nil, #{atom() => term()}, atom()) -> binary() | nil.
text(nil, _Process, _Selector) ->
    nil;
text(Bytes, #{program := Program}, Selector) ->
    Fail = fun(Reason) -> bt_file_error:raise_subprocess(Reason, Program, Selector) end,
    bt_lines:text(Bytes, utf8, Fail).

%% @doc Sends a signal to the program; false if it has ended.
-spec signal(#{atom() => term()}, term()) -> boolean().
signal(Process, Signal) ->
    case ?SIGNALS of
        #{Signal := Name} ->
            ask(Process, {signal, Name}, 'signal:');
        Signals ->
            Names = lists:join(<<", ">>, [[$#, atom_to_list(Each)] || Each <- maps:keys(Signals)]),
            Wanted = unicode:characters_to_binary([<<"one of ">>, Names]),
            bt_prim_collection:type_error(Wanted, Signal, nil, 'signal:')
    end.

%% @doc Whether it has not been closed.
-spec is_open(#{atom() => term()}) -> boolean().
is_open(#{server := Server}) -> bt_actor:is_alive(Server).

%% @doc Gives the program its input, and answers what it wrote, to both streams, and its exit code.
%% The input is written beside, since a program may want to be read before it reads on.
-spec finish(#{atom() => term()}, binary(), term(), atom()) -> {binary(), binary(), integer()}.
finish(#{server := Server} = Process, Input, Time, Selector) ->
    Port = ask(Process, input, Selector),
    _ = spawn(fun() ->
        link(Server),
        try port_command(Port, Input) catch error:badarg -> gone end,
        bt_subprocess:request(Server, close_input)
    end),
    wait(Process, everything, out, Time, Selector).
