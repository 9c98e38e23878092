%% @doc The way to and from the telemetry library, with a stand-in that keeps its contract:
%% attach/4, detach/1, execute/3, handlers in the table telemetry_handler_table, run by who
%% executes.
-module(bt_telemetry_tests).

-include_lib("eunit/include/eunit.hrl").

-define(LIBRARY, "
-module(telemetry).
-export([attach/4, detach/1, execute/3]).
attach(Id, Name, Function, Config) ->
    ets:insert(telemetry_handler_table, {Id, Name, Function, Config}), ok.
detach(Id) -> ets:delete(telemetry_handler_table, Id), ok.
execute(Name, Measurements, Metadata) ->
    [F(N, Measurements, Metadata, C)
     || {_, N, F, C} <- ets:tab2list(telemetry_handler_table), N =:= Name], ok.
").

telemetry_test_() ->
    {foreach, fun start/0, fun stop/1,
     [fun out/1, fun in/1, fun own_events_are_not_heard_twice/1, fun names/1]}.

start() ->
    logger:set_primary_config(level, none),
    Started = bt_fixture:start(),
    bt_fixture:class('bt.stdlib.Telemetry', #{superclass => 'bt.stdlib.Object', kind => object},
                     "'class tellListener:event:data:'(_, Id, Event, Data) ->
                          telemetry_test ! {heard, Id, Event, Data}."),
    load(?LIBRARY),
    telemetry_handler_table = ets:new(telemetry_handler_table, [named_table, public, bag]),
    Started.

stop(Started) ->
    ets:delete(telemetry_handler_table),
    code:purge(telemetry),
    code:delete(telemetry),
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

load(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    Forms = forms(Tokens, [], []),
    {ok, telemetry, Binary} = compile:forms(Forms),
    {module, telemetry} = code:load_binary(telemetry, "telemetry.erl", Binary).

forms([], [], Forms) -> [begin {ok, Form} = erl_parse:parse_form(F), Form end
                         || F <- lists:reverse(Forms)];
forms([{dot, _} = Dot | Rest], Form, Forms) ->
    forms(Rest, [], [lists:reverse([Dot | Form]) | Forms]);
forms([Token | Rest], Form, Forms) -> forms(Rest, [Token | Form], Forms).

%% Numbers are measurements, the rest is metadata.
out(_) ->
    fun() ->
        Self = self(),
        telemetry:attach(other, [order], fun(N, M, D, C) -> Self ! {N, M, D, C} end, config),
        bt_prim_telemetry:execute(order, #{total => 5, who => <<"Ann">>}),
        ?assertEqual({[order], #{total => 5}, #{who => <<"Ann">>}, config}, received()),
        bt_prim_telemetry:execute(order, <<"text">>),
        ?assertEqual({[order], #{}, #{value => <<"text">>}, config}, received()),
        bt_prim_telemetry:execute(order, 7),
        ?assertEqual({[order], #{value => 7}, #{}, config}, received())
    end.

in(_) ->
    fun() ->
        Id = listener(),
        bt_prim_telemetry:attach(Id, [http, request, stop]),
        telemetry:execute([http, request, stop], #{duration => 3}, #{path => <<"/">>}),
        ?assertEqual({heard, Id, [http, request, stop], #{duration => 3, path => <<"/">>}},
                     received()),
        bt_prim_telemetry:detach(Id),
        telemetry:execute([http, request, stop], #{}, #{}),
        ?assertEqual(none, received())
    end.

own_events_are_not_heard_twice(_) ->
    fun() ->
        bt_prim_telemetry:attach(listener(), sold),
        bt_prim_telemetry:execute(sold, #{}),
        ?assertEqual(none, received()),
        telemetry:execute([sold], #{}, #{}),
        ?assertMatch({heard, _, sold, #{}}, received())
    end.

%% Other names than lists of atoms are not the library's.
names(_) ->
    fun() ->
        bt_prim_telemetry:attach(make_ref(), <<"text">>),
        bt_prim_telemetry:execute([<<"a">>, b], #{}),
        bt_prim_telemetry:detach(nothing),
        ?assertEqual([], ets:tab2list(telemetry_handler_table))
    end.

%% What it hears comes to this process.
listener() ->
    register(telemetry_test, self()),
    make_ref().

received() -> receive Message -> Message after 20 -> none end.
