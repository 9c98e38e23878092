%% @doc Requests to a server of models, written by hand as one would in Erlang: OTP's `httpc' with a
%% profile of its own, each pair of requests in a process of its own.
-module(bare_httpc).

-export([start/1, ask/2]).

%% @doc The profile; so many connections may be open at once.
-spec start(pos_integer()) -> ok.
start(Count) ->
    {ok, _} = application:ensure_all_started(inets),
    {ok, _} = inets:start(httpc, [{profile, models}]),
    httpc:set_options([{max_sessions, Count}, {max_keep_alive_length, 0}], models).

%% @doc Posts the bodies one after the other, as many times side by side as it says; answers when
%% all have their answers.
-spec ask({URL :: binary(), Bodies :: [binary()]}, pos_integer()) -> ok.
ask({Url, Bodies}, Count) ->
    Target = binary_to_list(Url) ++ "/v1/chat/completions",
    Asked = [spawn_monitor(fun() -> lists:foreach(fun(B) -> post(Target, B) end, Bodies) end)
             || _ <- lists:seq(1, Count)],
    lists:foreach(fun({Pid, Ref}) -> receive {'DOWN', Ref, process, Pid, normal} -> ok end end,
                  Asked).

post(Target, Body) ->
    Headers = [{"authorization", "Bearer x"}, {"accept", "application/json"}],
    Options = [{timeout, 300000}, {connect_timeout, 300000}],
    {ok, {{_, 200, _}, _, Text}} =
        httpc:request(post, {Target, Headers, "application/json", Body}, Options,
                      [{body_format, binary}], models),
    _ = jiffy:decode(Text, [return_maps]),
    ok.
