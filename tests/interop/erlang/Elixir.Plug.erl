%% The behaviour of Elixir's plugs, which the test does not want to download.
-module('Elixir.Plug').

-callback init(term()) -> term().
-callback call(map(), term()) -> map().
