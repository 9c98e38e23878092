%% @doc `run --watch': loads source files that were saved into the running script.
%%
%% Files are looked at many times a second, because that works on every file system. A change is
%% taken up once the file has been the same for two looks, so that half a file or a burst of saves
%% is not. What does not compile is shown, and the system goes on as it was.
-module(bt_watch).
-behaviour(gen_server).

-export([start/0, is_active/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-include_lib("kernel/include/file.hrl").

-define(INTERVAL, 60).
%% Time stamps have a resolution of a second: for so long the contents decide.
-define(RECENT, 3).

%% `stamps' says when a file was last known to be as it is, `hashes' what is loaded, `changed' what
%% the contents of a changed file were at the last look.
-record(state, {
    root :: file:filename(),
    stamps = #{} :: #{file:filename() => term()},
    hashes = #{} :: #{file:filename() => binary()},
    changed = #{} :: #{file:filename() => binary()}
}).

%% @doc Starts watching if the node was told to, by the flag `-beamtalk_watch PATH'.
-spec start() -> ok.
start() ->
    case init:get_argument(beamtalk_watch) of
        {ok, [[Path] | _]} ->
            {ok, _} = gen_server:start({local, ?MODULE}, ?MODULE, Path, []),
            ok;
        _ ->
            ok
    end.

%% @doc Whether this node watches: then it does not end with its script.
-spec is_active() -> boolean().
is_active() ->
    whereis(?MODULE) =/= undefined.

-spec init(file:filename()) -> {ok, #state{}, timeout()}.
init(Path) ->
    State = #state{root = Path},
    Hashes = maps:from_list([{File, Hash} || File <- files(Path), Hash <- hash(File)]),
    %% The first compilation is slow: let it be one that nobody waits for.
    _ = [spawn(fun() -> warm(File) end) || File <- lists:sublist(maps:keys(Hashes), 1)],
    {ok, State#state{hashes = Hashes}, ?INTERVAL}.

warm(File) ->
    {ok, Content} = file:read_file(File),
    bt_compiler:file(unicode:characters_to_binary(File), app, Content).

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, {error, unknown}, #state{}, timeout()}.
handle_call(_Request, _From, State) ->
    {reply, {error, unknown}, State, ?INTERVAL}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}, timeout()}.
handle_cast(_Message, State) ->
    {noreply, State, ?INTERVAL}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}, timeout()}.
handle_info(_TimeoutOrStray, State) ->
    {noreply, look(State), ?INTERVAL}.

%%% What has changed

look(#state{root = Root, changed = Before} = State) ->
    {Stamps, Now} =
        lists:foldl(fun(File, Acc) -> look_at(File, State, Acc) end, {#{}, #{}}, files(Root)),
    Next = State#state{stamps = Stamps, changed = Now},
    case maps:size(Now) > 0 andalso Now =:= Before of
        true -> take_up(Now, Next);
        false -> Next
    end.

%% A file that is not there for a moment is being saved.
look_at(File, #state{stamps = Known, hashes = Hashes}, {Stamps, Changed} = Acc) ->
    Stamp = stamp(File),
    case is_settled(Stamp) andalso maps:get(File, Known, none) =:= Stamp of
        true ->
            {Stamps#{File => Stamp}, Changed};
        false ->
            case hash(File) of
                [] -> Acc;
                [Hash] when Hash =:= map_get(File, Hashes) -> {Stamps#{File => Stamp}, Changed};
                [Hash] -> {Stamps, Changed#{File => Hash}}
            end
    end.

stamp(File) ->
    case file:read_file_info(File, [raw, {time, posix}]) of
        {ok, #file_info{mtime = Time, size = Size, inode = Inode}} -> {Time, Size, Inode};
        {error, _} -> none
    end.

is_settled({Time, _, _}) -> erlang:system_time(second) - Time > ?RECENT;
is_settled(none) -> false.

%% An empty file is one that is being written.
hash(File) ->
    case file:read_file(File) of
        {ok, <<>>} -> [];
        {ok, Content} -> [erlang:md5(Content)];
        {error, _} -> []
    end.

%% The source files below a directory, without build output and hidden directories; or the one file.
files(Root) ->
    case filelib:is_dir(Root) of
        true -> lists:append([files_in(Root, Name) || Name <- entries(Root)]);
        false -> [Root]
    end.

files_in(Directory, Name) ->
    Path = filename:join(Directory, Name),
    case {hd(Name), filename:extension(Name), filelib:is_dir(Path)} of
        {$., _, _} -> [];
        {_, _, true} when Name =:= "_build"; Name =:= "node_modules" -> [];
        {_, _, true} -> files(Path);
        {_, ".bt", false} -> [Path];
        _ -> []
    end.

entries(Directory) ->
    case file:list_dir(Directory) of
        {ok, Names} -> lists:sort(Names);
        {error, _} -> []
    end.

%%% Loading it

%% A broken file is not tried again until it is saved again.
take_up(Changed, #state{hashes = Hashes} = State) ->
    report(reload(lists:sort(maps:keys(Changed)), [])),
    State#state{hashes = maps:merge(Hashes, Changed), changed = #{}}.

%% Files that were saved together may need each other: what fails is tried again after the others.
reload(Files, Done) ->
    Outcomes = [{File, reload(File)} || File <- Files],
    Loaded = [Outcome || {_, {ok, _, _}} = Outcome <- Outcomes],
    Failed = [File || {File, {error, _}} <- Outcomes],
    case Loaded =/= [] andalso Failed =/= [] of
        true -> reload(Failed, Done ++ Loaded);
        false -> Done ++ Outcomes
    end.

reload(File) ->
    Start = erlang:monotonic_time(millisecond),
    try bt_source:reload(unicode:characters_to_binary(File), app) of
        {ok, Loaded} -> {ok, Loaded, erlang:monotonic_time(millisecond) - Start};
        Error -> Error
    catch
        Class:Reason:Stack -> {error, bt_error:wrap(Class, Reason, Stack)}
    end.

report(Outcomes) ->
    lists:foreach(fun({File, Outcome}) -> say(outcome(File, Outcome)) end, Outcomes).

say(Text) -> io:put_chars(standard_error, [Text, $\n]).

outcome(File, {ok, #{classes := Classes, extensions := Extensions, warnings := Warnings}, Ms}) ->
    Names = [bt_class:name(Class) || Class <- Classes],
    Parts = Names ++ [count(length(Extensions)) || Extensions =/= []],
    What = [[": ", lists:join(", ", Parts)] || Parts =/= []],
    Texts = [Text || #{text := Text} <- Warnings],
    [Texts, io_lib:format("beamtalk: loaded ~ts~ts (~b ms)", [File, What, Ms])];
outcome(File, {error, #{message := Message}}) ->
    [Message,
     io_lib:format("~nbeamtalk: did not load ~ts; the running system is as it was", [File])].

count(1) -> "1 extension or patch";
count(N) -> [integer_to_list(N), " extensions or patches"].
