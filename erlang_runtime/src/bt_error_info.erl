%% @doc The words of exceptions, from Beamtalk to others and from others to Beamtalk.
%%
%% What the tools of Erlang and Elixir print for an exception of Beamtalk are its words, not the map
%% that it is (EEP 54): `error_info' in the first frame of a stack trace leads them here. In the
%% same way Erlang's own errors say what is wrong with which argument.
-module(bt_error_info).

-export([format_error/2, mark/1, hint/3, elixir_message/1]).

-type frame() :: {module(), atom(), arity() | [term()], [{atom(), term()}]}.

%% @doc The callback: `reason' stands in place of the term, `general' after it.
-spec format_error(term(), [frame()]) -> #{reason | general => unicode:chardata()}.
format_error(#{'$class' := Class, message := Message} = Exception, _Stack) ->
    Text = [bt_class:name(Class), <<": ">>, bt_print:display_string(Message)],
    Hint = case Exception of
               #{hint := Words} when is_binary(Words) -> #{general => Words};
               _ -> #{}
           end,
    Hint#{reason => unicode:characters_to_binary(Text)};
format_error(_, _) -> #{}.

%% @doc A stack trace whose first frame leads here.
-spec mark([frame()]) -> [frame()].
mark([{Module, Function, Arity, Info} | Frames]) ->
    Marked = [{error_info, #{module => ?MODULE}} | proplists:delete(error_info, Info)],
    [{Module, Function, Arity, Marked} | Frames];
mark([]) -> [].

%%% What others say

%% @doc What Erlang has to say about the cause of an error, or nil.
-spec hint(error | exit | throw, term(), [frame()]) -> binary() | nil.
hint(error, undef, [{Module, Function, Args, _} | _]) when is_list(Args) ->
    undefined(Module, Function, length(Args));
hint(error, Reason, [{Module, _, _, Info} | _] = Stack) when is_list(Info) ->
    case proplists:get_value(error_info, Info) of
        #{} = Source -> words(Source, Module, Reason, Stack);
        _ -> nil
    end;
hint(_, _, _) -> nil.

%% A module that is broken itself must not hide the error.
words(Source, Default, Reason, Stack) ->
    Module = maps:get(module, Source, Default),
    Function = maps:get(function, Source, format_error),
    try Module:Function(Reason, Stack) of
        #{} = Words -> joined([word(Word) || Word <- lists:sort(maps:to_list(Words))])
    catch
        _:_ -> nil
    end.

word({Argument, Text}) when is_integer(Argument) ->
    [<<"argument ">>, integer_to_binary(Argument), <<": ">>, Text];
word({_, Text}) -> Text.

joined([]) -> nil;
joined(Words) -> unicode:characters_to_binary(lists:join(<<"; ">>, Words)).

undefined(Module, Function, Arity) ->
    case code:ensure_loaded(Module) of
        {module, Module} ->
            Exports = Module:module_info(exports),
            Names = [atom_to_binary(Name) || {Name, A} <- Exports, A =:= Arity],
            Other = bt_hint:did_you_mean(atom_to_binary(Function), Names),
            Arities = lists:sort([A || {Name, A} <- Exports, Name =:= Function]),
            instead(Module, Function, Arities, Other);
        {error, _} ->
            <<"there is no module ", (atom_to_binary(Module))/binary, " on the code path">>
    end.

instead(Module, Function, [_ | _] = Arities, _) ->
    Numbers = lists:join(" or ", [integer_to_list(A) || A <- Arities]),
    Text = io_lib:format("~tw:~tw takes ~ts arguments", [Module, Function, Numbers]),
    unicode:characters_to_binary(Text);
instead(_, _, [], Other) -> Other.

%% @doc What an exception of Elixir says about itself, with its name; `none' of anything else.
-spec elixir_message(term()) -> unicode:chardata() | none.
elixir_message(#{'__exception__' := true, '__struct__' := Module} = Exception)
  when is_atom(Module) ->
    try Module:message(Exception) of
        Text when is_binary(Text) -> [bt_elixir:name(Module), <<": ">>, Text];
        _ -> none
    catch
        _:_ -> none
    end;
elixir_message(_) -> none.
