%% @doc Line coverage of classes in `rebar3 eunit --cover', `rebar3 ct --cover' and `rebar3 cover'.
%% OTP's `cover' can instrument Erlang only, so classes are compiled to count for themselves
%% (bt_cover), and after the tests their numbers are written in the format of `cover', which
%% then reports them with all others.
-module(rebar3_beamtalk_cover).
-behaviour(provider).

-export([init/1, do/1, format_error/1, is_on/1, exclude/1]).

-spec init(rebar_state:t()) -> {ok, rebar_state:t()}.
init(State) ->
    Provider = providers:create([
        {name, cover}, {namespace, beamtalk}, {module, ?MODULE}, {bare, true}, {deps, []},
        {example, "rebar3 do eunit --cover, cover"}, {opts, []},
        {short_desc, "Write down which lines of classes have run; happens after eunit and ct."},
        {desc, "Writes down which lines of classes have run; happens after eunit and ct."}
    ]),
    {ok, rebar_state:add_provider(State, Provider)}.

%% @doc Whether lines are counted: by the option of the command, or as rebar.config says.
-spec is_on(rebar_app_info:t() | none) -> boolean().
is_on(AppInfo) ->
    by_command() orelse rebar_app_info:get(AppInfo, cover_enabled, false).

%% `rebar3 do eunit --cover, cover' has a comma at its words. The command `cover' compiles too, and
%% must not take back what was compiled for the tests.
by_command() ->
    Words = [string:trim(Word, trailing, ",") || Word <- init:get_plain_arguments()],
    Has = fun(Word) -> lists:member(Word, Words) end,
    Has("--cover") orelse Has("cover") orelse Has("-c") andalso lists:any(Has, ["eunit", "ct"]).

%% @doc Takes the modules of classes from those that `cover' would complain about.
-spec exclude(rebar_state:t()) -> rebar_state:t().
exclude(State) ->
    Sources = [File || Directory <- ["src", "apps/*/src", "lib/*/src"],
                       File <- filelib:wildcard(Directory ++ "/**/*.bt")],
    Modules = lists:append([modules(File) || File <- Sources]),
    Known = rebar_state:get(State, cover_excl_mods, []),
    Default = rebar_state:default(State),
    With = rebar_opts:set(Default, cover_excl_mods, Known ++ Modules),
    rebar_state:set(rebar_state:default(State, With), cover_excl_mods, Known ++ Modules).

%% The names that a file's modules may have, without compiling it.
modules(File) ->
    Package = package(filename:split(filename:absname(File))),
    {ok, Text} = file:read_file(File),
    Options = [global, {capture, all_but_first, list}],
    Classes = case re:run(Text, "subclass:\\s*([A-Z]\\w*)", Options) of
        {match, Found} -> [Name || [Name] <- Found];
        nomatch -> []
    end,
    Stem = filename:basename(File, ".bt"),
    Extensions = length(binary:matches(Text, <<">>">>)),
    Names = [Name ++ Suffix || Name <- [Stem | Classes], Suffix <- ["", " 1"]] ++
        [Stem ++ " x" ++ integer_to_list(N) || N <- lists:seq(1, Extensions)],
    [list_to_atom("bt." ++ P ++ "." ++ Name) || Name <- Names, P <- [Package, "script"]].

package(Path) ->
    Directory = filename:join(lists:takewhile(fun(Part) -> Part =/= "src" end, Path)),
    case filelib:wildcard(filename:join([Directory, "src", "*.app.src"])) of
        [File | _] -> filename:basename(File, ".app.src");
        [] -> filename:basename(Directory)
    end.

-spec do(rebar_state:t()) -> {ok, rebar_state:t()}.
do(State) ->
    Apps = rebar_state:project_apps(State),
    case lists:any(fun is_on/1, Apps) of
        true -> ok = export(Apps, State);
        false -> ok
    end,
    {ok, State}.

export(Apps, State) ->
    Beams = [Beam || App <- Apps,
                     Ebin <- [rebar_app_info:ebin_dir(App)],
                     Beam <- filelib:wildcard(filename:join(Ebin, "bt.*.beam"))],
    Entries = lists:append([entries(Beam, State) || Beam <- Beams]),
    Directory = filename:join(rebar_dir:base_dir(State), "cover"),
    File = filename:join(Directory, "beamtalk.coverdata"),
    ok = filelib:ensure_dir(File),
    {ok, Device} = file:open(File, [write, binary, raw]),
    lists:foreach(fun(Entry) -> ok = write(Entry, Device) end, Entries),
    file:close(Device).

%% The format of cover:export/1: terms, each after its size in a byte, or for long ones the size of
%% its size.
write(Term, Device) ->
    Bytes = term_to_binary(Term, [compressed]),
    Size = byte_size(Bytes),
    Head = case Size > 255 of
        true ->
            Encoded = term_to_binary({'$size', Size}),
            <<(byte_size(Encoded)):8, Encoded/binary>>;
        false ->
            <<Size:8>>
    end,
    file:write(Device, <<Head/binary, Bytes/binary>>).

entries(Beam, State) ->
    case bt_cover:counts(Beam) of
        [] -> [];
        Counts -> entries(module(Beam), source(Beam, State), Counts)
    end.

module(Beam) -> list_to_atom(filename:basename(Beam, ".beam")).

entries(Module, Source, Counts) ->
    Functions = lists:usort([{Name, Arity} || {Name, Arity, _} <- Counts]),
    Clauses = [{Module, Name, Arity, 1,
                length([L || {N, A, L} <- Counts, {N, A} =:= {Name, Arity}])}
               || {Name, Arity} <- Functions],
    [{file, Module, Source}, {Module, Clauses}
     | [{{bump, Module, Name, Arity, 1, Line}, Hits} || {Name, Arity, {Line, Hits}} <- Counts]].

%% Relative to where rebar3 was called, as it was given to the compiler.
source(Beam, State) ->
    _ = code:add_pathz(filename:dirname(Beam)),
    filename:absname(bt_cover:source(Beam), rebar_state:dir(State)).

-spec format_error(term()) -> iolist().
format_error(Reason) ->
    io_lib:format("~tp", [Reason]).
