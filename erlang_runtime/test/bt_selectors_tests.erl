-module(bt_selectors_tests).

-include_lib("eunit/include/eunit.hrl").

-define(_SENDS(Selectors, Source), ?_assertEqual(lists:sort(Selectors), sent(Source))).

sent(Source) -> [binary_to_list(Name) || Name <- bt_selectors:sent(iolist_to_binary(Source))].

messages_test_() ->
    [?_SENDS(["foo", "bar"], "a => x foo bar"),
     ?_SENDS(["+", "x"], "+ other => self x + other x"),
     ?_SENDS(["foo:qux:", "bar:baz:", "+"],
             "at: i put: v => self foo: (a bar: 1 baz: 2) qux: [:x | x + 1]"),
     ?_SENDS(["show:", "cr"], "g => Transcript show: 1; cr; show: 2"),
     ?_SENDS(["+", "-", "*"], "b => a += 1. b -= 2. self.c *= 3"),
     ?_SENDS(["-"], "b => 4 -1. x := -3"),
     ?_SENDS([",", "foo"], "b => #(a, b, c), #{k => v} foo"),
     ?_SENDS(["analyze:", "whenResolved:whenRejected:"],
             "d => agent analyze: data whenResolved: [:r | r] whenRejected: [:e | e]"),
     ?_SENDS(["whenRejected:"], "d => f whenRejected: [:e | e]"),
     ?_SENDS(["perform:", "at:put:"], "b => self perform: #at:put:"),
     ?_SENDS(["poke"], "b => counter poke!")].

places_test_() ->
    [?_SENDS(["name"], "b => \"Hi {self name} {{no such}} it\"\"s\""),
     ?_SENDS(["size"], "b => 'it''s {not} a message' size"),
     ?_SENDS(["foo"], "b =>\n  // a comment b\n  /* and c */ x foo"),
     ?_SENDS(["size"], "b =>\n  | t u |\n  t := self.x size"),
     ?_SENDS([], "b => $. "),
     ?_SENDS(["a"], "b => 1.5e-3 a"),
     ?_SENDS(["a"], "b => 16rFF a")].

lines_test_() ->
    [?_SENDS(["foo", "bar"], "b =>\n  x foo\n  y bar"),
     ?_SENDS(["at:put:"], "b =>\n  x\n    at: 1\n    put: 2"),
     ?_SENDS(["foo", "bar:"], "b =>\n  (x\n   foo) bar: 1"),
     ?_SENDS(["+"], "b =>\n  1 +\n  two"),
     ?_SENDS(["foo:", "bar:"], "b =>\n  x foo: 1\n  y bar: 2"),
     ?_SENDS(["foo:", "bar:"], "b => x foo: 1. y bar: 2")].

headers_test_() ->
    [?_SENDS(["foo", "isNil", "bar"],
             "handle: {x, v} => v foo\nhandle: {y, e} when: [e isNil] => e bar"),
     ?_SENDS(["+"], "patch Counter >> #add: n { self.value += n }"),
     ?_SENDS(["uppercase"], "String >> shout => self uppercase"),
     ?_SENDS(["spawn"], "class fresh => self spawn")].

patterns_test_() ->
    [?_SENDS(["match:", "foo", "bar"],
             "m => x match: [\n  {1, v} -> v foo\n  #(h, ...t) -> t bar\n  _ -> nil\n]"),
     ?_SENDS(["match:", ">"], "m => x match: [n :: Integer when: [n > 9] -> n; _ -> 0]"),
     ?_SENDS(["match:", "<", "foo", "cr"],
             "m => x match: [\"GET \" ++ p when: [p < 2] -> [p foo];\n -1 -> (t cr; cr)]"),
     ?_SENDS(["foo", "match:", "bar"], "m => x foo match: [y -> y bar. unfinished"),
     ?_SENDS(["dequeue", "size"], "m => {job, rest} := q dequeue. rest size"),
     ?_SENDS(["receive:after:do:", "foo"],
             "m => Process receive: [x -> x foo] after: 10 do: [nil]")].

remarks_test_() ->
    [?_SENDS(["getValue", "await"], "m => value := c getValue await.  \"=> 2 no message here\""),
     ?_SENDS(["foo"], "m =>\n  \"a remark that says bar baz: 3\"\n  x foo")].

spelling_test_() ->
    [?_SENDS(["foo", "bar"], "#foo => ^self foo bar"),
     ?_SENDS(["foo:"], "m => x foo: -1"),
     ?_SENDS(["foo:", "negated"], "m => x foo: y negated"),
     ?_SENDS(["size", "length"], "m => \"a {\"b {x size}\" length}\""),
     ?_SENDS(["value:", "+"], "m => [:a :b | | t | t := a + b. t] value: 1"),
     ?_SENDS(["==", "not", "and:"], "m => (a == b) not and: [c]"),
     ?_SENDS(["->"], "m => #{k => v}. a -> b"),
     ?_SENDS(["foo"], "m => super foo"),
     ?_SENDS(["at:put:", "keys"], "m => d at: 1 put: 2; keys"),
     ?_SENDS(["**", "*"], "m => 2 ** 3 * 4")].

%% Half a method is not an error.
truncated_test() ->
    Source = <<"at: i put: v => \"{x y}\" foo: [:a | $b. #(1, 2) at: #c:] bar: #{k => 'v'}">>,
    [bt_selectors:sent(binary:part(Source, 0, N)) || N <- lists:seq(0, byte_size(Source))].

%% The time is that of the length.
long_test() ->
    Text = iolist_to_binary(lists:duplicate(2000, "  x foo: (y bar) baz: 3\n")),
    {Micros, Sent} = timer:tc(fun() -> bt_selectors:sent(<<"a =>\n", Text/binary>>) end),
    ?assertEqual([<<"bar">>, <<"foo:baz:">>], Sent),
    ?assert(Micros < 2000000).
