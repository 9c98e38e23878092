%% @doc Locks of files: each is held by one process of one node, until it ends.
%%
%% Within the node this server knows who holds what. For other nodes a file beside tells it: host,
%% process of the operating system, when that began, node. Where that process has ended, however
%% that was, the lock is stale, and whoever wants it takes it over. Who does must first win a claim,
%% a lock file of its own that is named after what the stale one says: so two that find it stale do
%% not both get it.
-module(bt_agent_lock).
-behaviour(gen_server).

-include_lib("kernel/include/file.hrl").

-export([take/1, release/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([lock/0]).

%% A process that has it may be about to end: it is waited for, so long.
-define(PATIENCE_MS, 1000).
%% A lock file that says nothing yet is being written: it is waited for, so often and so long.
-define(TRIES, 50).
-define(WAIT_MS, 20).

-record(lock, {key :: {non_neg_integer(), non_neg_integer(), binary()}, file :: binary()}).
-record(holder, {id :: binary(), node :: binary(), process :: binary(), since :: binary(),
                 host :: binary()}).

-opaque lock() :: #lock{}.

%% @doc Locks a file for this process. The file need not exist; its directory must.
-spec take(binary()) -> {ok, lock()} | {held, binary()} | {error, atom()}.
take(Path) ->
    case file:read_file_info(filename:dirname(Path)) of
        {ok, #file_info{major_device = Device, inode = Inode}} ->
            %% However the path is written.
            Key = {Device, Inode, filename:basename(Path)},
            taken(#lock{key = Key, file = <<Path/binary, ".lock">>});
        {error, Reason} ->
            {error, Reason}
    end.

taken(Lock) ->
    case wanted(Lock) of
        {held, Pid} when Pid =/= self() ->
            ok = ended(Pid),
            of_this_node(Lock, wanted(Lock));
        Outcome -> of_this_node(Lock, Outcome)
    end.

wanted(Lock) -> gen_server:call(server(), {take, Lock}, infinity).

ended(Pid) ->
    Ref = monitor(process, Pid),
    receive {'DOWN', Ref, process, _, _} -> ok
    after ?PATIENCE_MS -> true = demonitor(Ref, [flush]), ok
    end.

of_this_node(Lock, ok) -> unless_failed(Lock, file_taken(Lock#lock.file));
of_this_node(_Lock, {held, Pid}) -> {held, in_this_node(Pid)}.

unless_failed(Lock, ok) -> {ok, Lock};
unless_failed(Lock, Failed) ->
    ok = release(Lock),
    Failed.

in_this_node(Pid) ->
    <<"the process ", (bt_supervision:pid_text(Pid))/binary, " of this node has it open">>.

%% @doc Another process may take it.
-spec release(lock()) -> ok.
release(Lock) -> gen_server:call(server(), {release, Lock}, infinity).

%%% The lock file

file_taken(File) -> file_taken(File, ?TRIES).

file_taken(_File, 0) -> {held, <<"another node is about to open it">>};
file_taken(File, Tries) ->
    case created(File) of
        {error, eexist} -> there(File, file:read_file(File), Tries);
        Outcome -> Outcome
    end.

created(File) ->
    case file:open(File, [write, exclusive, raw, binary]) of
        {ok, Fd} ->
            Written = file:write(Fd, text(own())),
            _ = file:close(Fd),
            unless_full(File, Written);
        Failed -> Failed
    end.

unless_full(_File, ok) -> ok;
unless_full(File, Failed) ->
    _ = file:delete(File),
    Failed.

there(File, {error, enoent}, Tries) -> file_taken(File, Tries - 1);
there(_File, {error, Reason}, _Tries) -> {error, Reason};
there(File, {ok, Text}, Tries) ->
    #holder{id = Own} = own(),
    case holder(Text) of
        #holder{id = Own} -> ok;
        unknown when Tries > 1 -> later(File, Tries);
        unknown -> taken_over(File, Text, <<"0">>, ?TRIES);
        Holder -> unless_stale(File, Text, Holder, Tries)
    end.

later(File, Tries) ->
    timer:sleep(?WAIT_MS),
    file_taken(File, Tries - 1).

unless_stale(File, Text, Holder, Tries) ->
    case is_alive(Holder) of
        true -> {held, in_another_node(Holder, File)};
        false -> taken_over(File, Text, Holder#holder.id, Tries)
    end.

taken_over(File, Text, Id, Tries) ->
    Claim = <<File/binary, ".", Id/binary>>,
    case file_taken(Claim) of
        ok -> claimed(Claim, File, file:read_file(File) =:= {ok, Text}, Tries);
        {held, _} -> later(File, Tries);
        {error, Reason} -> {error, Reason}
    end.

%% Somebody may have been quicker, and have claimed and let go between the look and the claim.
claimed(Claim, File, true, _Tries) -> file:rename(Claim, File);
claimed(Claim, File, false, Tries) ->
    _ = file:delete(Claim),
    file_taken(File, Tries - 1).

in_another_node(#holder{node = Node, process = Process, host = Host}, File) ->
    Said = ["the node ", Node, ", process ", Process, " on ", Host, ", has it open"],
    iolist_to_binary([Said | unless_here(Host, File)]).

%% Whether a process of another machine lives nobody can say here.
unless_here(Host, File) ->
    case host() of
        Host -> [];
        _ -> ["; if that machine is gone, delete ", filename:basename(File)]
    end.

%%% Who holds it

%% The node may have got its name since the server began.
own() -> (persistent_term:get(?MODULE))#holder{node = atom_to_binary(node())}.

first_own() ->
    Process = list_to_binary(os:getpid()),
    #holder{id = binary:encode_hex(rand:bytes(4)), node = atom_to_binary(node()),
            process = Process, since = since(Process), host = host()}.

host() ->
    {ok, Name} = inet:gethostname(),
    list_to_binary(Name).

text(#holder{id = Id, node = Node, process = Process, since = Since, host = Host}) ->
    [[Line, $\n] || Line <- [Id, Node, Process, Since, Host, <<"end">>]].

holder(Text) ->
    case binary:split(Text, <<"\n">>, [global]) of
        [Id, Node, Process, Since, Host, <<"end">>, <<>>] ->
            known(#holder{id = Id, node = Node, process = Process, since = Since, host = Host});
        _ -> unknown
    end.

%% The identifier becomes part of a file's name, the process an argument of a command.
known(#holder{id = Id, process = Process} = Holder) ->
    IsPlain = re:run(Id, "^[0-9A-F]{8}$", [dollar_endonly]) =/= nomatch andalso
        re:run(Process, "^[0-9]{1,10}$", [dollar_endonly]) =/= nomatch,
    case IsPlain of
        true -> Holder;
        false -> unknown
    end.

is_alive(#holder{host = Host, process = Process, since = Since}) ->
    Host =/= host() orelse (Since =/= <<>> andalso since(Process) =:= Since).

%% When a process began: a text that no later process of the same number has. Empty if it has ended.
since(Process) ->
    case file:read_file("/proc/self/stat") of
        {ok, _} -> since_in_proc(file:read_file(<<"/proc/", Process/binary, "/stat">>));
        {error, _} -> string:trim(list_to_binary(os:cmd(ps(Process))))
    end.

ps(Process) -> "ps -o lstart= -p " ++ binary_to_list(Process).

since_in_proc({error, _}) -> <<>>;
since_in_proc({ok, Stat}) ->
    %% The name in brackets may have spaces and brackets in it.
    [_, Rest] = string:split(Stat, ") ", trailing),
    case string:split(Rest, " ", all) of
        %% A process that was killed, and whose parent has not looked yet.
        [State | _] when State =:= <<"Z">>; State =:= <<"X">> -> <<>>;
        Fields -> <<(boot())/binary, "/", (lists:nth(20, Fields))/binary>>
    end.

%% Ticks since the machine was started; which start that was.
boot() ->
    case file:read_file("/proc/sys/kernel/random/boot_id") of
        {ok, Id} -> string:trim(Id);
        {error, _} -> <<>>
    end.

%%% The server: who holds what in this node

server() -> bt_agents:server(?MODULE).

%% @private
-spec init([]) -> {ok, #{}}.
init([]) ->
    case persistent_term:get(?MODULE, none) of
        none -> persistent_term:put(?MODULE, first_own());
        _ -> ok
    end,
    {ok, #{}}.

%% By key the process, and the monitor of it.
%% @private
-spec handle_call(term(), gen_server:from(), map()) -> {reply, ok | {held, pid()}, map()}.
handle_call({take, #lock{key = Key} = Lock}, {Pid, _}, Holders) ->
    case Holders of
        #{Key := {Holder, Ref, _}} ->
            case is_process_alive(Holder) of
                true -> {reply, {held, Holder}, Holders};
                false ->
                    true = demonitor(Ref, [flush]),
                    {reply, ok, held(Lock, Pid, maps:remove(Ref, Holders))}
            end;
        #{} -> {reply, ok, held(Lock, Pid, Holders)}
    end;
handle_call({release, #lock{key = Key}}, {Pid, _}, Holders) ->
    case Holders of
        #{Key := {Pid, Ref, _}} ->
            true = demonitor(Ref, [flush]),
            {reply, ok, freed(Ref, Holders)};
        #{} -> {reply, ok, Holders}
    end.

held(#lock{key = Key} = Lock, Pid, Holders) ->
    Ref = monitor(process, Pid),
    Holders#{Key => {Pid, Ref, Lock}, Ref => Key}.

%% Another node that has taken the lock file over, because somebody has deleted it, keeps it.
freed(Ref, Holders) ->
    {Key, Left} = maps:take(Ref, Holders),
    {{_, _, #lock{file = File}}, Others} = maps:take(Key, Left),
    _ = case file:read_file(File) of
            {ok, Text} -> is_own(holder(Text)) andalso file:delete(File);
            {error, _} -> ok
        end,
    Others.

is_own(unknown) -> false;
is_own(#holder{id = Id}) -> Id =:= (own())#holder.id.

%% @private
-spec handle_cast(term(), map()) -> {noreply, map()}.
handle_cast(_Message, Holders) -> {noreply, Holders}.

%% @private
-spec handle_info(term(), map()) -> {noreply, map()}.
handle_info({'DOWN', Ref, process, _, _}, Holders) when is_map_key(Ref, Holders) ->
    {noreply, freed(Ref, Holders)};
handle_info(_Message, Holders) -> {noreply, Holders}.
