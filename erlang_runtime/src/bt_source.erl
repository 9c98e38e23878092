%% @doc Source text into the running system: one method, or a file. What does not compile or load
%% changes nothing.
-module(bt_source).

-export([patch/4, check/4, load/2, define/3, reload/2, run/1, not_loaded/1, not_compiled/1]).
-export_type([loaded/0]).

-type failure() :: {error, bt_fault:exception()}.
%% The classes that were loaded, and the script object's class if the file has statements,
%% extensions or patches.
-type loaded() :: #{classes := [module()], script := module() | none, extensions := [module()],
                    warnings := [bt_compiler:diagnostic()], stem := binary()}.

%% @doc Compiles a method and patches it into its class; answers the selector. The selector given,
%% if it is not nil, must be its own.
-spec patch(module(), instance | class, atom() | nil, binary()) -> {ok, atom()} | failure().
patch(Facade, Side, Selector, Source) ->
    case compiled(bt_compiler:method(Facade, Side, Selector, Source)) of
        {ok, Modules, _Warnings} -> link_method(Facade, Modules);
        Error -> Error
    end.

%% @doc Whether a method would compile.
-spec check(module(), instance | class, atom() | nil, binary()) -> ok | failure().
check(Facade, Side, Selector, Source) ->
    case compiled(bt_compiler:method(Facade, Side, Selector, Source)) of
        {ok, _, _} -> ok;
        Error -> Error
    end.

link_method(Facade, [Module]) ->
    case bt_load:patch(Facade, Module) of
        {ok, [{_, _, #{selector := Selector}}]} -> {ok, Selector};
        {error, Reason} -> {error, not_loaded(Reason)}
    end.

%% @doc Loads the classes of a file. Its extensions, patches and statements wait for run/1.
-spec load(binary(), atom()) -> {ok, loaded()} | failure().
load(Path, Package) ->
    case bt_caller:read_file(Path) of
        {ok, Found, Content} -> load(Found, Package, Content);
        {error, Reason} -> {error, unreadable(Path, Reason)}
    end.

%% @doc Loads the classes of a text that has no file, but is named like one.
-spec define(binary(), atom(), binary()) -> {ok, loaded()} | failure().
define(Name, Package, Source) -> load_source(Name, Package, Source).

%% A beam is what was compiled ahead, where there is no compiler.
load(Path, Package, Content) ->
    case filename:extension(Path) of
        <<".beam">> -> load_beam(Path, Content);
        _ -> load_source(Path, Package, Content)
    end.

load_source(Path, Package, Content) ->
    case compiled(bt_compiler:file(Path, Package, Content)) of
        {ok, Modules, Warnings} ->
            Stem = iolist_to_binary(["bt.", atom_to_list(Package), $.,
                                     filename:basename(Path, ".bt"), " x"]),
            batch(Modules, #{warnings => Warnings, stem => Stem});
        Error ->
            Error
    end.

load_beam(Path, Content) ->
    case beam_lib:info(Content) of
        {error, _, _} ->
            {error, exception(<<Path/binary, " is not a compiled module">>, nil)};
        Info ->
            {module, Module} = lists:keyfind(module, 1, Info),
            batch([{Module, Content}], #{warnings => [], stem => atom_to_binary(Module)})
    end.

batch(Modules, Loaded) ->
    case bt_load:batch(Modules) of
        {ok, Names} ->
            New = maps:values(Names),
            Facades = lists:usort([Facade || #{module := Facade} <- [meta(Name) || Name <- New]]),
            {Scripts, Classes} =
                lists:partition(fun(F) -> bt_class:kind(F) =:= script end, Facades),
            Extensions = [Name || Name <- New, erlang:function_exported(Name, '$patch', 0)],
            {ok, Loaded#{classes => Classes, script => hd(Scripts ++ [none]),
                         extensions => Extensions}};
        {error, Reason} ->
            {error, not_loaded(Reason)}
    end.

meta(Generation) ->
    case erlang:function_exported(Generation, '$meta', 0) of
        true -> Generation:'$meta'();
        false -> #{}
    end.

%% @doc Loads a file again, with its extensions and patches; its statements do not run.
-spec reload(binary(), atom()) -> {ok, loaded()} | failure().
reload(Path, Package) ->
    case load(Path, Package) of
        {ok, Loaded} ->
            install(Loaded),
            {ok, Loaded};
        Error ->
            Error
    end.

%% @doc Runs what a loaded file has besides classes, in this process.
-spec run(loaded()) -> ok.
run(#{script := none} = Loaded) ->
    install(Loaded);
run(#{script := Script} = Loaded) ->
    _ = Script:main(#{'$class' => Script}),
    retire(Loaded).

%% A script knows the order of its extensions and patches; beams come one by one.
install(#{script := none, extensions := Extensions} = Loaded) ->
    lists:foreach(fun bt_patch:install/1, Extensions),
    retire(Loaded);
install(#{script := Script} = Loaded) ->
    _ = Script:'$install'(),
    retire(Loaded).

%% What a former version of the file had added to classes goes.
retire(#{stem := Stem, extensions := Extensions}) ->
    ok = bt_patch:retire(Stem, Extensions),
    ok = bt_load:release(Extensions).

%%% Errors

compiled({error, Diagnostics}) ->
    {error, compile_error([D || #{severity := error} = D <- Diagnostics])};
compiled({unavailable, no_compiler}) ->
    {error, unavailable(<<"there is no compiler in this system">>,
        <<"compile the source elsewhere with `beamtalk build`, and load the .beam files">>)};
compiled({unavailable, {bridge, Node}}) ->
    Name = atom_to_binary(Node),
    {error, unavailable(<<"the compiler at ", Name/binary, " does not answer">>, nil)};
compiled({unavailable, ended}) ->
    {error, unavailable(<<"the compiler has ended unexpectedly">>,
                        <<"the next request starts it again">>)};
compiled({unavailable, timeout}) ->
    {error, unavailable(<<"the compiler does not answer">>, <<"is this machine very busy?">>)};
compiled({fault, Text}) ->
    {error, exception(<<"internal compiler error: ", Text/binary>>, <<"please report it">>)};
compiled(Compiled) ->
    Compiled.

compile_error(Diagnostics) ->
    Texts = [string:trim(Text, trailing) || #{text := Text} <- Diagnostics],
    Message = iolist_to_binary(lists:join($\n, Texts)),
    bt_error:make('bt.stdlib.CompileError', #{message => Message, diagnostics => Diagnostics}).

unavailable(Message, Hint) ->
    bt_error:make('bt.stdlib.CompilerUnavailable', #{message => Message, hint => Hint}).

unreadable(Path, Reason) ->
    Text = iolist_to_binary([Path, " cannot be read: ", file:format_error(Reason)]),
    exception(Text, nil).

%% @doc Why the compiler has made nothing.
-spec not_compiled(bt_compiler:outcome()) -> bt_fault:exception().
not_compiled(Outcome) ->
    {error, Exception} = compiled(Outcome),
    Exception.

%% @doc Why the loader refused.
-spec not_loaded(term()) -> bt_fault:exception().
not_loaded(#{'$class' := _} = Exception) ->
    Exception;
not_loaded(Reason) ->
    Text = unicode:characters_to_binary(io_lib:format("the code is not loaded: ~0tp", [Reason])),
    exception(Text, nil).

exception(Message, Hint) ->
    bt_error:make('bt.stdlib.CompileError', #{message => Message, hint => Hint}).
