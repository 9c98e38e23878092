%% @doc The selectors that a method's text sends.
%%
%% The text is read and not the code, because the compiler does many messages in line: of `+',
%% `ifTrue:' or `do:' with a literal block nothing is left in the code. This is no parser: it knows
%% strings, comments, brackets and where a statement ends, and takes what stands in the place of a
%% message for one. A symbol counts too, as it does in Smalltalk: it may be performed.
-module(bt_selectors).

-export([sent/1]).

-define(IS_LETTER(C), (C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z orelse C =:= $_)).
-define(IS_DIGIT(C), (C >= $0 andalso C =< $9)).
-define(IS_NAME(C), (?IS_LETTER(C) orelse ?IS_DIGIT(C))).
-define(IS_OPERATOR(C),
        (C =:= $+ orelse C =:= $- orelse C =:= $* orelse C =:= $/ orelse C =:= $< orelse C =:= $>
         orelse C =:= $= orelse C =:= $~ orelse C =:= $& orelse C =:= $@ orelse C =:= $%
         orelse C =:= $? orelse C =:= $\\)).

%% Where the reading is in one pair of brackets. `kind': in a `list' a comma separates; in a `body'
%% a newline ends a statement; `top' is the body of the method; of the arms of a `match:' each is
%% first a `pattern', then an `arm'.
-record(at, {kind = top :: top | body | parens | list | header | pattern | arm,
             keywords = [] :: [binary()],
             %% Whether an operand has been read to which a message can be sent.
             operand = false :: boolean(),
             sent = [] :: [binary()],
             %% What was sent before this line: of a header or a pattern nothing counts.
             before_line = [] :: [binary()]}).

%% @doc The selectors, each once.
-spec sent(binary()) -> [binary()].
sent(Source) ->
    {At, _} = read(body_of(Source), #at{}),
    lists:usort(At#at.sent).

%% Of `patch C >> #sel { body }' the body; a header with an arrow is found on the way.
body_of(Source) ->
    Header = "^(?:patch\\s+)?[\\w@]+(?:\\s+class)?\\s*>>[^{\\n]*?\\{(.*)\\}\\s*$",
    case re:run(Source, Header, [dotall, unicode, {capture, [1], binary}]) of
        {match, [Body]} ->
            case binary:match(hd(binary:split(Source, <<"{">>)), <<"=>">>) of
                nomatch -> Body;
                _ -> Source
            end;
        nomatch -> Source
    end.

%%% Reading up to the closing bracket

read(<<>>, At) -> {flush(At), <<>>};
read(<<C, Rest/binary>>, At) when C =:= $); C =:= $]; C =:= $} -> {flush(At), Rest};
read(<<$\n, Rest/binary>>, At) -> newline(Rest, At);
read(<<C, Rest/binary>>, At) when C =:= $\s; C =:= $\t; C =:= $\r -> read(Rest, At);
read(<<"//", Rest/binary>>, At) -> read(after_line(Rest), At);
read(<<"/*", Rest/binary>>, At) -> read(behind(Rest, <<"*/">>), At);
read(<<$', Rest/binary>>, At) -> read(behind(Rest, <<"'">>), operand(At));
read(<<$", Rest/binary>>, At) ->
    {Sent, Left} = text(Rest, At#at.sent),
    read(Left, operand(At#at{sent = Sent}));
read(<<"$\\u{", Rest/binary>>, At) -> read(behind(Rest, <<"}">>), operand(At));
read(<<"$\\", _, Rest/binary>>, At) -> read(Rest, operand(At));
read(<<$$, _/utf8, Rest/binary>>, At) -> read(Rest, operand(At));
read(<<"#(", Rest/binary>>, At) -> inside(list, Rest, At);
read(<<"#[", Rest/binary>>, At) -> inside(list, Rest, At);
read(<<"#{", Rest/binary>>, At) -> inside(list, Rest, At);
read(<<${, Rest/binary>>, At) -> inside(list, Rest, At);
read(<<$(, Rest/binary>>, At) -> inside(parens, Rest, At);
read(<<$[, Rest/binary>>, #at{keywords = [Part]} = At)
  when Part =:= <<"match:">>; Part =:= <<"receive:">> ->
    inside(pattern, Rest, At);
read(<<$[, Rest/binary>>, At) -> inside(body, parameters(Rest), At);
read(<<"#'", Rest/binary>>, At) ->
    [Name | _] = binary:split(Rest, <<"'">>),
    read(behind(Rest, <<"'">>), operand(send(Name, At)));
read(<<$#, Rest/binary>>, At) ->
    {Name, Left} = symbol(Rest),
    read(Left, operand(send(Name, At)));
read(<<"...", Rest/binary>>, At) -> read(Rest, At#at{operand = false});
read(<<$., C, Rest/binary>>, #at{operand = true} = At) when ?IS_LETTER(C) ->
    {_, Left} = name(<<C, Rest/binary>>),
    read(Left, At);
read(<<$., Rest/binary>>, At) -> read(Rest, flush(At));
read(<<$;, Rest/binary>>, #at{kind = arm} = At) -> read(Rest, next_arm(flush(At)));
read(<<$;, Rest/binary>>, At) -> read(Rest, operand(flush(At)));
read(<<"::", Rest/binary>>, At) -> read(Rest, At#at{operand = false});
read(<<":=", Rest/binary>>, At) -> read(Rest, At#at{operand = false});
read(<<"=>", Rest/binary>>, At) -> arrow(Rest, At);
read(<<$^, Rest/binary>>, At) -> read(Rest, At#at{operand = false});
read(<<$!, Rest/binary>>, At) -> read(Rest, At);
read(<<$|, Rest/binary>>, #at{operand = false} = At) -> read(temporaries(Rest), At);
read(<<$|, Rest/binary>>, At) -> read(Rest, At#at{operand = false});
read(<<$,, Rest/binary>>, #at{kind = list} = At) -> read(Rest, flush(At));
read(<<$,, Rest/binary>>, At) -> operator(<<",">>, Rest, At);
read(<<$-, C, Rest/binary>>, #at{operand = false} = At) when ?IS_DIGIT(C) ->
    read(number(Rest), operand(At));
read(<<C, Rest/binary>>, At) when ?IS_DIGIT(C) -> read(number(Rest), operand(At));
read(<<C, _/binary>> = Text, At) when ?IS_LETTER(C) -> word(name(Text), At);
read(<<C, _/binary>> = Text, At) when ?IS_OPERATOR(C) ->
    {Operator, Rest} = operator_name(Text),
    operator(Operator, Rest, At);
read(<<_, Rest/binary>>, At) -> read(Rest, At).

inside(Kind, Text, At) ->
    Before = counting(At),
    {Inner, Rest} = read(Text, #at{kind = Kind, sent = Before, before_line = Before}),
    Sent = counting(Inner),
    read(Rest, operand(guarded(At#at{sent = Sent}))).

%% What is sent as far as it counts.
counting(#at{kind = pattern, before_line = Before}) -> Before;
counting(#at{sent = Sent}) -> Sent.

%% The guard of a clause stands in its header, that of an arm behind its pattern.
guarded(#at{kind = Kind, keywords = [<<"when:">> | _], sent = Sent} = At)
  when Kind =:= top; Kind =:= pattern ->
    At#at{before_line = Sent};
guarded(At) -> At.

next_arm(At) -> At#at{kind = pattern, before_line = At#at.sent}.

%%% Messages

word({Name, <<":=", _/binary>> = Rest}, At) -> unary(Name, Rest, At);
word({Name, <<"::", _/binary>> = Rest}, At) -> unary(Name, Rest, At);
word({Name, <<$:, Rest/binary>>}, At) -> read(Rest, keyword(<<Name/binary, $:>>, At));
word({Name, Rest}, At) -> unary(Name, Rest, At).

unary(Name, Rest, #at{operand = true} = At) -> read(Rest, send(Name, At));
unary(_Variable, Rest, At) -> read(Rest, operand(At)).

%% These two never belong to the message before them.
keyword(Part, #at{keywords = [Last | _]} = At)
  when Part =:= <<"whenResolved:">>, Last =/= <<"whenRejected:">>;
       Part =:= <<"whenRejected:">>, Last =/= <<"whenResolved:">> ->
    keyword(Part, flush(At));
keyword(Part, #at{keywords = Parts} = At) -> At#at{keywords = [Part | Parts], operand = false}.

operator(<<"->">>, Rest, #at{kind = pattern, before_line = Before}) ->
    read(Rest, #at{kind = arm, sent = Before, before_line = Before});
operator(Operator, Rest, #at{operand = true} = At) ->
    read(Rest, (send(assigning(Operator), At))#at{operand = false});
operator(_, Rest, At) -> read(Rest, At).

%% `x += 1' is `x := x + 1'.
assigning(<<"+=">>) -> <<"+">>;
assigning(<<"-=">>) -> <<"-">>;
assigning(<<"*=">>) -> <<"*">>;
assigning(Operator) -> Operator.

operand(At) -> At#at{operand = true}.

send(Selector, #at{sent = Sent} = At) -> At#at{sent = [Selector | Sent]}.

%% The end of a statement, or of a message in a cascade.
flush(#at{keywords = []} = At) -> At#at{operand = false};
flush(#at{keywords = Parts} = At) ->
    (send(iolist_to_binary(lists:reverse(Parts)), At))#at{keywords = [], operand = false}.

%% Outside brackets it ends a header; inside, it stands between key and value.
arrow(Rest, #at{kind = top, before_line = Before}) ->
    read(Rest, #at{sent = Before, before_line = Before});
arrow(Rest, #at{kind = header} = At) -> read(Rest, send(<<"=>">>, At));
arrow(Rest, At) -> read(Rest, flush(At)).

%%% Lines

newline(Rest, #at{kind = Kind} = At) when Kind =:= parens; Kind =:= list; Kind =:= pattern ->
    read(Rest, At);
newline(Rest, #at{kind = Kind, operand = Operand} = At) ->
    Next = blank(Rest),
    case Operand andalso (not continues(Next) orelse Kind =:= top andalso is_header(Next)) of
        true ->
            read(Rest, next_line(flush(At)));
        false -> read(Rest, At)
    end.

next_line(#at{kind = arm} = At) -> next_arm(At);
next_line(At) -> At#at{before_line = At#at.sent}.

%% The next clause: its arrow stands outside brackets.
is_header(Text) ->
    [Line | _] = binary:split(Text, <<"\n">>),
    {At, _} = read(Line, #at{kind = header}),
    lists:member(<<"=>">>, At#at.sent).

blank(<<C, Rest/binary>>) when C =:= $\s; C =:= $\t; C =:= $\r; C =:= $\n -> blank(Rest);
blank(<<"//", Rest/binary>>) -> blank(after_line(Rest));
blank(Text) -> Text.

continues(<<$;, _/binary>>) -> true;
continues(<<C, _/binary>> = Text) when ?IS_LETTER(C) ->
    case name(Text) of
        {_, <<":=", _/binary>>} -> false;
        {_, <<"::", _/binary>>} -> false;
        {_, <<$:, _/binary>>} -> true;
        _ -> false
    end;
continues(<<$,, $\s, _/binary>>) -> true;
continues(<<C, _/binary>> = Text) when ?IS_OPERATOR(C) ->
    case operator_name(Text) of
        {_, <<$\s, _/binary>>} -> true;
        _ -> false
    end;
continues(_) -> false.

after_line(Text) ->
    case binary:match(Text, <<"\n">>) of
        {At, 1} -> binary:part(Text, At, byte_size(Text) - At);
        nomatch -> <<>>
    end.

behind(Text, End) ->
    case binary:split(Text, End) of
        [_, Rest] -> Rest;
        [_] -> <<>>
    end.

%%% Words

name(Text) -> name(Text, 0).

name(Text, N) ->
    case Text of
        <<_:N/binary, C, _/binary>> when ?IS_NAME(C); C =:= $@ -> name(Text, N + 1);
        <<Name:N/binary, Rest/binary>> -> {Name, Rest}
    end.

operator_name(Text) -> operator_name(Text, 0).

operator_name(Text, N) ->
    case Text of
        <<_:N/binary, C, _/binary>> when ?IS_OPERATOR(C) -> operator_name(Text, N + 1);
        <<_:N/binary, ":=", _/binary>> when N > 0 -> operator_name(Text, N + 2);
        <<Name:N/binary, Rest/binary>> -> {Name, Rest}
    end.

symbol(<<C, _/binary>> = Text) when ?IS_OPERATOR(C) -> operator_name(Text);
symbol(<<$,, Rest/binary>>) -> {<<",">>, Rest};
symbol(Text) -> symbol(Text, 0).

symbol(Text, N) ->
    case Text of
        <<_:N/binary, ":=", _/binary>> -> split(Text, N);
        <<_:N/binary, C, _/binary>> when ?IS_NAME(C); C =:= $: -> symbol(Text, N + 1);
        _ -> split(Text, N)
    end.

split(Text, N) ->
    <<Name:N/binary, Rest/binary>> = Text,
    {Name, Rest}.

number(<<"e-", C, Rest/binary>>) when ?IS_DIGIT(C) -> number(Rest);
number(<<C, Rest/binary>>) when ?IS_NAME(C) -> number(Rest);
number(<<$., C, Rest/binary>>) when ?IS_DIGIT(C) -> number(Rest);
number(Text) -> Text.

%% `[:x :y | …'
parameters(Text) ->
    case blank(Text) of
        <<$:, C, Rest/binary>> when ?IS_LETTER(C) ->
            {_, Left} = name(<<C, Rest/binary>>),
            parameters(Left);
        <<$|, Rest/binary>> -> Rest;
        _ -> Text
    end.

%% `| a b |' at the start of a body: up to the second bar.
temporaries(Text) ->
    case re:run(Text, "^[\\w\\s]*\\|", [{capture, first, index}]) of
        {match, [{0, Length}]} -> binary:part(Text, Length, byte_size(Text) - Length);
        nomatch -> Text
    end.

%%% Strings

text(<<>>, Sent) -> {Sent, <<>>};
text(<<"\"\"", Rest/binary>>, Sent) -> text(Rest, Sent);
text(<<$", Rest/binary>>, Sent) -> {Sent, Rest};
text(<<$\\, _, Rest/binary>>, Sent) -> text(Rest, Sent);
text(<<"{{", Rest/binary>>, Sent) -> text(behind(Rest, <<"}}">>), Sent);
text(<<${, Rest/binary>>, Sent) ->
    {#at{sent = More}, Left} = read(Rest, #at{kind = parens, sent = Sent}),
    text(Left, More);
text(<<_, Rest/binary>>, Sent) -> text(Rest, Sent).
