%% @doc Counts how often the lines of classes run that were compiled with `--cover'. Each of their
%% statements begins with a call of {@link hit/3}. The counters belong to nobody, so that classes
%% count in any node, with or without the application running.
-module(bt_cover).

-export([hit/3, counts/0, counts/1, reset/0, export/1, lines/1, source/1]).

-export_type([count/0]).

-type count() :: {Line :: pos_integer(), Hits :: non_neg_integer()}.

%% @doc A statement of this line runs; no line of the module's source comes after `Last'.
-spec hit(module(), pos_integer(), pos_integer()) -> ok.
hit(Module, Line, Last) ->
    counters:add(counters_of(Module, Last), Line, 1).

counters_of(Module, Last) ->
    case persistent_term:get({?MODULE, Module}, none) of
        none -> new(Module, Last);
        Counters -> Counters
    end.

%% Of several processes that come first at the same time one makes the counters.
new(Module, Last) ->
    global:trans({{?MODULE, Module}, self()}, fun() -> new_once(Module, Last) end, [node()]).

new_once(Module, Last) ->
    case persistent_term:get({?MODULE, Module}, none) of
        none ->
            Counters = counters:new(Last, [write_concurrency]),
            persistent_term:put({?MODULE, Module}, Counters),
            Counters;
        Counters ->
            Counters
    end.

%% @doc The lines that have run, of all modules that have counted anything.
-spec counts() -> [{module(), [count()]}].
counts() ->
    lists:sort([{Module, hits(Counters)}
                || {{?MODULE, Module}, Counters} <- persistent_term:get()]).

hits(Counters) ->
    #{size := Size} = counters:info(Counters),
    [{Line, Hits} || Line <- lists:seq(1, Size), Hits <- [counters:get(Counters, Line)], Hits > 0].

%% @doc How often each line of a compiled class with code in it has run, by its `.beam'.
-spec counts(file:filename() | binary()) -> [{Function :: atom(), arity(), count()}].
counts(Beam) ->
    {ok, {Module, _}} = beam_lib:chunks(Beam, []),
    Hits = case persistent_term:get({?MODULE, Module}, none) of
        none -> [];
        Counters -> hits(Counters)
    end,
    [{Name, Arity, {Line, proplists:get_value(Line, Hits, 0)}}
     || {Name, Arity, Line} <- lines(Beam)].

%% @doc The lines with code in them, each once, of a class that was compiled to count.
-spec lines(file:filename() | binary()) -> [{Function :: atom(), arity(), pos_integer()}].
lines(Beam) ->
    case bt_compile:core_text(Beam) of
        {ok, Text} -> lines_of(core(Text));
        none -> []
    end.

core(Text) ->
    {ok, Tokens, _} = core_scan:string(unicode:characters_to_list(Text)),
    {ok, Core} = core_parse:parse(Tokens),
    Core.

lines_of(Core) ->
    Found = lists:append([lines_in(Name, Function) || {Name, Function} <- cerl:module_defs(Core)]),
    %% A line that several functions have, such as a block's, belongs to the first.
    lists:ukeysort(3, lists:reverse(lists:keysort(3, Found))).

lines_in(Name, Function) ->
    Collect = fun(Node, Lines) -> line(Node, Lines) end,
    [{cerl:fname_id(Name), cerl:fname_arity(Name), Line}
     || Line <- lists:usort(cerl_trees:fold(Collect, [], Function))].

line(Node, Lines) ->
    case cerl:is_c_call(Node) andalso {cerl:call_module(Node), cerl:call_name(Node)} of
        {Module, Name} ->
            case {cerl:concrete(Module), cerl:concrete(Name)} of
                {?MODULE, hit} -> [cerl:concrete(lists:nth(2, cerl:call_args(Node))) | Lines];
                _ -> Lines
            end;
        false ->
            Lines
    end.

%% @doc The source of a compiled class or extension, as its path was given to the compiler.
-spec source(file:filename()) -> string().
source(Beam) ->
    {ok, {Module, [{exports, Exports}]}} = beam_lib:chunks(Beam, [exports]),
    {module, Module} = code:ensure_loaded(Module),
    File = case lists:member({'$meta', 0}, Exports) of
        true -> maps:get(file, Module:'$meta'());
        false -> extension_source(Module:'$patch'())
    end,
    unicode:characters_to_list(File).

extension_source({_, [{_, _, #{file := File}} | _]}) -> File.

%% @doc All counters to zero.
-spec reset() -> ok.
reset() ->
    [persistent_term:erase(Key) || {{?MODULE, _} = Key, _} <- persistent_term:get()],
    ok.

%% @doc Writes the numbers of this node to a file, for a report.
-spec export(file:filename_all()) -> ok | {error, file:posix()}.
export(File) ->
    file:write_file(File, term_to_binary(counts())).
