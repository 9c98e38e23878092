%%% @doc Primitives of inspection. A value comes in a tuple, so that a future is shown and not
%%% waited for.
-module(bt_prim_inspect).

-export([value/1, text/1, class/1, port/1, article/1]).

%% @doc The ObjectInfo of a value. An actor that looks at itself sees what others see of it.
-spec value({term()}) -> map().
value({Pid}) when is_pid(Pid) -> bt_inspect:process(Pid);
value({Value}) -> bt_inspect_value:value(Value).

%% @doc The text of a value, cut off where it gets too long.
-spec text({term()}) -> binary().
text({Value}) -> bt_inspect_text:'of'(Value).

%% @doc The ClassInfo of a class.
-spec class(map()) -> map().
class(Behaviour) -> bt_inspect_value:class(Behaviour).

%% @doc The PortInfo of a port.
-spec port(port()) -> map().
port(Port) -> bt_inspect_value:port(Port).

%% @doc A noun with its article.
-spec article(term()) -> binary().
article(Noun) when is_binary(Noun) -> bt_print:article(Noun);
article(Other) -> bt_prim_collection:type_error(<<"a String">>, Other, nil, 'articleFor:').
