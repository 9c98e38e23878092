%% @doc The variables of a session, as they are kept outside of the process that has them.
%%
%% In that process each variable is a cell (bt_cell), and a copy costs as much as its value is
%% large. So after an input only values that are not the very same as before are sent. Blocks have
%% cells that may have changed anywhere: the variables that hold some are always sent, in one piece
%% with those that they share with others, so that what is shared stays shared.
-module(bt_repl_bindings).

-export([none/0, change/2, changed/2, cells/1, value/2]).
-export_type([bindings/0, change/0, cells/0, known/0]).

-type cells() :: #{atom() => bt_cell:cell()}.
%% What the session has been told: values without blocks.
-type known() :: #{atom() => term()}.
-type change() :: {New :: #{atom() => term()}, Tied :: cells()}.
-opaque bindings() :: {Plain :: #{atom() => term()}, Tied :: cells()}.

%% @doc No variables.
-spec none() -> bindings().
none() -> {#{}, #{}}.

%% @doc What to tell, of these variables, to whoever knows those values; and what is known then.
-spec change(cells(), known()) -> {change(), known()}.
change(Cells, Known) ->
    Values = maps:map(fun(_, Cell) -> bt_cell:get(Cell) end, Cells),
    {Old, Others} = partition(fun(Name, Value) -> is_known(Name, Value, Known) end, Values),
    {WithBlocks, New} = partition(fun(_, Value) -> bt_block:is_in(Value) end, Others),
    Tied = bt_cell:copy_tied(maps:with(maps:keys(WithBlocks), Cells), Cells),
    {{New, Tied}, maps:without(maps:keys(Tied), maps:merge(Old, New))}.

is_known(Name, Value, Known) ->
    case Known of
        #{Name := Before} -> erts_debug:same(Before, Value);
        #{} -> false
    end.

partition(Passes, Map) ->
    Yes = maps:filter(Passes, Map),
    {Yes, maps:without(maps:keys(Yes), Map)}.

%% @doc The bindings after a change. What was in one piece and is told no more is plain by now.
-spec changed(change(), bindings()) -> bindings().
changed({New, Tied}, {Plain, _}) ->
    {maps:without(maps:keys(Tied), maps:merge(Plain, New)), Tied}.

%% @doc The variables for a process that begins with them.
-spec cells(bindings()) -> cells().
cells({Plain, Tied}) ->
    maps:merge(maps:map(fun(_, Value) -> bt_cell:new(Value) end, Plain), Tied).

%% @doc The value of a variable.
-spec value(atom(), bindings()) -> {ok, term()} | error.
value(Name, {Plain, Tied}) ->
    case Tied of
        #{Name := Cell} -> {ok, bt_cell:get(Cell)};
        #{} -> maps:find(Name, Plain)
    end.
