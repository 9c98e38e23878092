%% @doc What the tools of Erlang and Elixir print for an exception of Beamtalk: its words, not the map
%% that it is (EEP 54). `error_info' in the first frame of a stack trace leads them here.
-module(bt_error_info).

-export([format_error/2, mark/1]).

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
