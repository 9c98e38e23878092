%% @doc The application callback for applications that are written in Beamtalk: in the `.app.src'
%%
%% ```
%% {mod, {bt_application, 'bt.shop.ShopSupervisor'}}
%% '''
%%
%% starts the Supervisor class `ShopSupervisor' as the top of the application `shop', after the
%% extensions and patches that its files contain have been put into effect.
-module(bt_application).
-behaviour(application).

-export([start/2, stop/1]).

-spec start(application:start_type(), module()) -> {ok, pid()} | {error, term()}.
start(_Type, Facade) ->
    _ = bt_extensions:install_loaded(),
    case code:ensure_loaded(Facade) of
        {module, Facade} -> Facade:start_link();
        {error, Reason} -> {error, {no_such_class, Facade, Reason}}
    end.

-spec stop(term()) -> ok.
stop(_State) ->
    ok.
