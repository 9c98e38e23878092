-module(bt_print_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"literals read back", fun literals/0},
            {"symbols are quoted where they must be", fun symbols/0},
            {"collections", fun collections/0},
            {"instances show their fields in order", fun instances/0},
            {"a class's own printString is used, inside collections too", fun own_print_string/0},
            {"classes", fun classes/0},
            {"display strings", fun display/0},
            {"bytes that are not UTF-8", fun bytes/0}
        ]
    end}.

literals() ->
    prints([
        {42, "42"}, {-2.5, "-2.5"}, {5.0, "5.0"}, {1.0e22, "1.0e22"}, {<<"he\"y">>, "\"he\"\"y\""},
        {nil, "nil"}, {true, "true"}, {fun() -> 1 end, "a Block"},
        {#{'$class' => 'bt.stdlib.Character', code => $a}, "$a"},
        {#{'$class' => 'bt.stdlib.Character', code => $\n}, "$\\n"}
    ]).

symbols() ->
    prints([
        {ok, "#ok"}, {'at:put:', "#at:put:"}, {'+', "#+"}, {'->', "#->"},
        {'any text', "#'any text'"},
        {'a\'b', "#'a''b'"}, {'', "#''"}, {'1a', "#'1a'"}, {'a:b', "#'a:b'"},
        {'Elixir.String', "#'Elixir.String'"}
    ]).

collections() ->
    prints([
        {[], "#()"}, {[1, a, <<"s">>], "#(1, #a, \"s\")"}, {[1 | 2], "#(1, ...2)"}, {{}, "{}"},
        {{ok, [1]}, "{#ok, #(1)}"}, {#{}, "#{}"}, {#{b => 1, a => 2}, "#{#a => 2, #b => 1}"},
        {#{'$class' => 'bt.stdlib.Array', items => {<<"a">>, 1}}, "#[\"a\", 1]"},
        {#{'$class' => 'bt.stdlib.Set', items => #{2 => true, 1 => true}}, "a Set(1, 2)"},
        {#{'$class' => 'bt.stdlib.Interval', from => 1, to => 3, by => 1}, "1 to: 3"},
        {#{'$class' => 'bt.stdlib.Interval', from => 9, to => 3, by => -2}, "9 to: 3 by: -2"},
        {#{'$class' => 'bt.stdlib.Association', key => name, value => <<"J">>}, "#name -> \"J\""},
        {#{'$class' => 'bt.stdlib.Result', ok => true, value => a}, "Result ok: #a"}
    ]).

instances() ->
    bt_fixture:class('bt.app.Point', #{kind => value, variables => [y, x]}, ""),
    Meta = #{kind => value, superclass => 'bt.app.Point', variables => [a]},
    bt_fixture:class('bt.app.Apple', Meta, ""),
    prints([
        {#{'$class' => 'bt.app.Point', x => 4, y => 6}, "a Point(y: 6, x: 4)"},
        {#{'$class' => 'bt.app.Apple', x => 4, y => 6, a => b}, "an Apple(y: 6, x: 4, a: #b)"},
        {#{'$class' => 'bt.app.NotLoaded', x => 1}, "a NotLoaded(x: 1)"},
        {#{'$class' => 'bt.stdlib.Object'}, "an Object"}
    ]).

own_print_string() ->
    bt_fixture:class('bt.app.Odd', "printString(_) -> <<\"odd\">>."),
    prints([{[#{'$class' => 'bt.app.Odd'}], "#(odd)"}]),
    bt_fixture:class('bt.app.Bad', "printString(_) -> 3."),
    ?assertError(#{kind := type_error}, bt_print:print_string(#{'$class' => 'bt.app.Bad'})).

classes() ->
    prints([
        {bt_fixture:object('bt.app.Counter'), "Counter"},
        {#{'$class' => 'bt.stdlib.Metaclass', module => 'bt.app.Counter'}, "Counter class"}
    ]).

display() ->
    [?assertEqual(Text, bt_print:display_string(Value)) || {Value, Text} <- [
        {<<"a\"b">>, <<"a\"b">>}, {ok, <<"ok">>}, {nil, <<"nil">>}, {3, <<"3">>},
        {#{'$class' => 'bt.stdlib.Character', code => 16#3B1}, <<"α"/utf8>>},
        {[<<"a">>, b], <<"#(\"a\", #b)">>}
    ]].

bytes() ->
    prints([{<<255, 1>>, "<<255, 1>>"}, {<<1:3>>, "<<1:3>>"}]),
    ?assertEqual(<<"<<255>>">>, bt_print:display_string(<<255>>)).

prints(Cases) ->
    [?assertEqual(list_to_binary(Text), bt_print:print_string(Value)) || {Value, Text} <- Cases].
