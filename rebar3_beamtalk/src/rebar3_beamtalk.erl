%% @doc A rebar3 plugin: `.bt' files beside the `.erl' files of any application are compiled,
%% tested, released and reloaded with it.
-module(rebar3_beamtalk).

-export([init/1]).

-define(PROVIDERS, [
    rebar3_beamtalk_test, rebar3_beamtalk_repl, rebar3_beamtalk_new,
    rebar3_beamtalk_reload, rebar3_beamtalk_cover
]).

-define(AFTER, [
    {compile, {beamtalk, reload}},
    {eunit, {beamtalk, cover}},
    {ct, {beamtalk, cover}}
]).

%% @doc Called by rebar3 when a project names the plugin.
-spec init(rebar_state:t()) -> {ok, rebar_state:t()}.
init(State) ->
    ok = rebar3_beamtalk_tool:configure(State),
    With = rebar_state:prepend_compilers(State, [rebar3_beamtalk_compiler]),
    Hooked = with_hooks(rebar3_beamtalk_cover:exclude(With)),
    lists:foldl(
        fun(Provider, {ok, Acc}) -> Provider:init(Acc) end, {ok, Hooked}, ?PROVIDERS
    ).

%% Profiles are applied to the default options, so both have to know the hooks.
with_hooks(State) ->
    Default = rebar_state:default(State),
    Hooks = merged(rebar_opts:get(Default, provider_hooks, [])),
    New = rebar_state:default(State, rebar_opts:set(Default, provider_hooks, Hooks)),
    rebar_state:set(New, provider_hooks, merged(rebar_state:get(State, provider_hooks, []))).

%% Rebar3 looks at the first list for `post' only, and has the plugin in twice where it is a
%% checkout.
merged(Hooks) ->
    Post = proplists:get_value(post, Hooks, []),
    lists:keystore(post, 1, Hooks, {post, Post ++ (?AFTER -- Post)}).
