%% @doc Values as a person looks at them: the printString if that fits into a line, and otherwise
%% one laid out over lines of a given width. Collections are filled with short elements, and have
%% each other element on a line of its own. Of very long ones only the beginning is shown.
%%
%% A class with a printString of its own is asked for it, and that is not broken.
-module(bt_repl_print).

-export([text/2]).

-include("bt.hrl").

%% So many elements of a collection are shown, in all so many bytes of each text.
-define(ELEMENTS, 1000).
-define(LONGEST, 100000).

%% A text, or what stands between brackets; with its width on one line.
-type node_() :: {Width :: non_neg_integer(), shape()}.
-type shape() :: {leaf, binary()} | {group, Open :: binary(), [node_()], Close :: binary()}
               | {pair, binary(), node_()}.

%% @doc The text of a value for so many columns.
-spec text(term(), pos_integer()) -> binary().
text(Value, Width) ->
    Node = node_of(Value),
    unicode:characters_to_binary(layout(Node, 0, 0, Width)).

%%% Parts

-spec node_of(term()) -> node_().
node_of([_ | _] = List) ->
    case is_list_upto(List, ?ELEMENTS) of
        true -> group(<<"#(">>, some(List), <<")">>);
        false -> printed(List)
    end;
node_of(Tuple) when is_tuple(Tuple), tuple_size(Tuple) > 0, not (?IS_FUTURE(Tuple)) ->
    group(<<"{">>, some(tuple_to_list(Tuple)), <<"}">>);
node_of(#{'$class' := Class} = Instance) when is_atom(Class) ->
    instance(Class, Instance);
%% Not an instance of anything: no message can be sent to it.
node_of(#{'$class' := _} = Map) ->
    leaf(cut(bt_print:print_string(Map)));
node_of(Map) when is_map(Map), map_size(Map) > 0 ->
    Pairs = lists:sublist(lists:sort(maps:to_list(Map)), ?ELEMENTS),
    Nodes = [pair([bt_print:print_string(Key), <<" => ">>], Each) || {Key, Each} <- Pairs],
    group(<<"#{">>, Nodes ++ more(map_size(Map) - length(Pairs)), <<"}">>);
node_of(Value) ->
    printed(Value).

%% Improper lists are printed by the library.
is_list_upto([], _) -> true;
is_list_upto(List, 0) -> is_list(List);
is_list_upto([_ | Tail], N) -> is_list_upto(Tail, N - 1);
is_list_upto(_, _) -> false.

instance('bt.stdlib.Array', #{items := Items}) when is_tuple(Items), tuple_size(Items) > 0 ->
    group(<<"#[">>, some(tuple_to_list(Items)), <<"]">>);
instance('bt.stdlib.Set', #{items := Items}) when is_map(Items), map_size(Items) > 0 ->
    group(<<"a Set(">>, some(lists:sort(maps:keys(Items))), <<")">>);
instance('bt.stdlib.Association', #{key := Key, value := Value}) ->
    pair([bt_print:print_string(Key), <<" -> ">>], Value);
instance(Class, Instance) ->
    case bt_class:find(Class, printString, 1) of
        {'bt.stdlib.Object', _} -> fields(Class, Instance);
        _ -> printed(Instance)
    end.

%% As Object's printString, with the fields in order of declaration.
fields(Class, Instance) ->
    Names = [Name || Name <- bt_class:variables(Class), is_map_key(Name, Instance)],
    case Names =/= [] andalso length(Names) =:= map_size(Instance) - 1 of
        true ->
            Head = bt_print:article(bt_print:class_name(Class)),
            Nodes = [pair([bt_print:symbol_text(Name), <<": ">>], map_get(Name, Instance))
                     || Name <- Names],
            group(<<Head/binary, "(">>, Nodes, <<")">>);
        false ->
            printed(Instance)
    end.

some(Values) ->
    some(Values, ?ELEMENTS).

some([], _) -> [];
some(Values, 0) -> more(length(Values));
some([Value | Rest], N) -> [node_of(Value) | some(Rest, N - 1)].

more(0) -> [];
more(Count) -> [leaf(<<"... ", (integer_to_binary(Count))/binary, " more">>)].

%% A message to a future would wait for its value.
printed(Future) when ?IS_FUTURE(Future) ->
    leaf(cut(bt_print:print_string(Future)));
printed(Value) ->
    case bt_send:call(Value, printString) of
        Text when is_binary(Text) -> leaf(cut(Text));
        Other -> bt_error:not_a_string(Value, printString, Other)
    end.

cut(Text) when byte_size(Text) =< ?LONGEST -> Text;
cut(Text) ->
    Start = string:slice(binary:part(Text, 0, ?LONGEST), 0, ?LONGEST div 4),
    <<Start/binary, "... (", (integer_to_binary(byte_size(Text)))/binary, " bytes)">>.

leaf(Text) -> {columns(Text), {leaf, Text}}.

pair(Head, Value) ->
    Text = iolist_to_binary(Head),
    {Width, _} = Node = node_of(Value),
    {columns(Text) + Width, {pair, Text, Node}}.

group(Open, Nodes, Close) ->
    Inner = lists:sum([Width + 2 || {Width, _} <- Nodes]),
    {columns(Open) + Inner, {group, Open, Nodes, Close}}.

%%% Layout

%% `Indent' is where lines begin, `Used' what is already on this one.
layout({_, {leaf, Text}}, _Indent, _Used, _Width) ->
    Text;
layout({_, {pair, Head, Node}}, Indent, Used, Width) ->
    [Head, layout(Node, Indent, Used + columns(Head), Width)];
layout({Columns, {group, Open, Nodes, Close}}, _Indent, Used, Width) when Used + Columns =< Width ->
    [Open, lists:join(<<", ">>, [layout(Node, 0, 0, Columns + Width) || Node <- Nodes]), Close];
layout({_, {group, Open, Nodes, Close}}, Indent, _Used, Width) ->
    In = Indent + 2,
    case byte_size(Open) =< 2 of
        true ->
            Column = Indent + byte_size(Open),
            [Open, filled(Nodes, Column, Column, Width), Close];
        false -> [Open, line(In), filled(Nodes, In, In, Width), Close]
    end.

filled([Node], Indent, Used, Width) ->
    layout(Node, Indent, Used, Width);
filled([Node, Next | Rest], Indent, Used, Width) ->
    Text = layout(Node, Indent, Used, Width),
    After = Used + element(1, Node) + 2,
    case is_leaf(Node) andalso is_leaf(Next) andalso After + element(1, Next) < Width of
        true -> [Text, <<", ">> | filled([Next | Rest], Indent, After, Width)];
        false -> [Text, $,, line(Indent) | filled([Next | Rest], Indent, Indent, Width)]
    end.

is_leaf({_, {leaf, _}}) -> true;
is_leaf(_) -> false.

line(Indent) -> [$\n, lists:duplicate(Indent, $\s)].

%%% Columns

%% What a terminal needs: wide characters take two columns.
columns(Text) ->
    case is_ascii(Text) of
        true -> byte_size(Text);
        false -> lists:sum([cells(Cluster) || Cluster <- string:to_graphemes(Text)])
    end.

is_ascii(Text) -> binary:match(Text, [<<C>> || C <- lists:seq(128, 255)]) =:= nomatch.

cells([First | _]) -> cells(First);
cells(C) when C >= 16#1100, C =< 16#115F; C >= 16#2E80, C =< 16#A4CF; C >= 16#AC00, C =< 16#D7A3;
              C >= 16#F900, C =< 16#FAFF; C >= 16#FE30, C =< 16#FE6F; C >= 16#FF00, C =< 16#FF60;
              C >= 16#FFE0, C =< 16#FFE6; C >= 16#1F300, C =< 16#1FAFF;
              C >= 16#20000, C =< 16#3FFFD ->
    2;
cells(_) -> 1.
