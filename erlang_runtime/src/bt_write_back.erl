%% @doc Live changes back into the files that the classes came from, and live changes taken back.
%%
%% The files are where the person sits (bt_caller). The compiler makes the new text of a file, in
%% which only the methods differ that are to be saved, and refuses where somebody else has edited
%% those; nothing is written before all files are ready.
-module(bt_write_back).

-export([save/1, revert/1]).
%% What a caller's node is asked for.
-export([replace/3]).

-include_lib("kernel/include/file.hrl").

%% @doc Saves changes; all or nothing.
-spec save([bt_changes:change()]) -> ok.
save(Changes) ->
    Files = lists:usort([file(Change) || Change <- Changes]),
    Edited = [edited(File, [C || #{file := F} = C <- Changes, F =:= File]) || File <- Files],
    lists:foreach(fun written/1, Edited),
    lists:foreach(fun bt_changes:saved/1, Changes).

file(#{file := nil} = Change) ->
    refuse(Change, [name(Change), " is in no file"],
        <<"its class was typed; put it into a file, and load that; in the REPL, "
          ":save FILE writes what was typed">>);
file(#{file := File}) ->
    File.

edited(File, [First | _] = Changes) ->
    case bt_caller:read_file(File) of
        {ok, Path, Content} ->
            {Path, Content, lists:foldl(fun edit/2, Content, Changes), First};
        {error, Reason} ->
            refuse(First, [File, " cannot be read: ", file:format_error(Reason)],
                <<"source files are looked for where you are, not where the system runs">>)
    end.

edit(Change, Content) ->
    case bt_compiler:edit(Content, description(Change)) of
        {edited, Edited} -> Edited;
        {refused, Why} -> refused(Change, Why);
        Other -> erlang:error(bt_source:not_compiled(Other))
    end.

description(#{key := {Facade, _, _}, side := Side, selector := Selector, old := Old, new := New}) ->
    #{name := Name} = bt_class:meta(Facade),
    {Name, Side, Selector, text(Old), text(New), doc(New)}.

text(none) -> nil;
text(#{source := Source}) -> Source.

doc(none) -> nil;
doc(Method) -> maps:get(doc, Method, nil).

-spec refused(bt_changes:change(), atom()) -> no_return().
refused(#{file := File} = Change, changed) ->
    refuse(Change, [name(Change), " was edited in ", File, " since it was loaded"],
        <<"load the file again to have that one, or take the live change back with "
          "Workspace revert:">>);
refused(#{file := File} = Change, missing) ->
    refuse(Change, [name(Change), " is not in ", File, " any more"], nil);
refused(#{file := File} = Change, exists) ->
    refuse(Change, [File, " has a ", name(Change), " by now that was not loaded"],
        <<"load the file again, or take the live change back with Workspace revert:">>);
refused(#{file := File, key := {Facade, _, _}} = Change, noclass) ->
    refuse(Change, ["the class ", bt_class:name(Facade), " is not in ", File], nil);
refused(#{file := File} = Change, unreadable) ->
    refuse(Change, [File, " does not compile as it is on disk"],
        <<"correct it first: `beamtalk check` shows what is wrong">>).

name(#{key := {Facade, _, _}, side := Side, selector := Selector}) ->
    Suffix = case Side of class -> " class"; instance -> "" end,
    [bt_class:name(Facade), Suffix, " >> ", atom_to_binary(Selector)].

-spec refuse(bt_changes:change(), iodata(), binary() | nil) -> no_return().
refuse(Change, Message, Hint) ->
    bt_error:raise('bt.stdlib.SaveError', #{
        message => unicode:characters_to_binary(Message), hint => Hint,
        change => bt_prim_changes:value(Change)
    }).

written({_Path, Same, Same, _}) ->
    ok;
written({Path, Before, After, Change}) ->
    case bt_caller:apply(?MODULE, replace, [Path, Before, After]) of
        ok -> ok;
        changed -> refuse(Change, [Path, " was just changed by somebody else"], <<"try again">>);
        {error, Reason} ->
            refuse(Change, [Path, " cannot be written: ", file:format_error(Reason)], nil)
    end.

%% @private
%% @doc Puts new contents in the place of a file's: all at once, with its mode, and where a link
%% leads to rather than in the link's place.
-spec replace(binary(), binary(), binary()) -> ok | changed | {error, atom()}.
replace(Path, Before, After) ->
    case file:read_link_all(Path) of
        {ok, Link} ->
            Directory = filename:dirname(Path),
            replace(unicode:characters_to_binary(filename:absname(Link, Directory)), Before, After);
        {error, _} ->
            case file:read_file(Path) of
                {ok, Before} -> exchange(Path, After);
                {ok, _} -> changed;
                Error -> Error
            end
    end.

exchange(Path, Content) ->
    New = <<Path/binary, ".new-", (list_to_binary(os:getpid()))/binary>>,
    try
        {ok, #file_info{mode = Mode}} = file:read_file_info(Path),
        ok = file:write_file(New, Content, [exclusive, sync]),
        ok = file:change_mode(New, Mode),
        ok = file:rename(New, Path)
    catch
        error:{badmatch, {error, _} = Error} ->
            _ = file:delete(New),
            Error
    end.

%%% Taking back

%% @doc Gives each method its text of the file again.
-spec revert([bt_changes:change()]) -> ok.
revert(Changes) -> lists:foreach(fun revert_one/1, Changes).

revert_one(#{key := {Facade, Function, Arity}, old := none}) ->
    bt_patch:remove(Facade, Function, Arity);
revert_one(#{key := {Facade, Function, Arity} = Key} = Change) ->
    #{side := Side, selector := Selector, old := #{source := Source}} = Change,
    ok = bt_patch:remove(Facade, Function, Arity),
    %% The class's own method is what the file had, unless it was in an extension, or was saved.
    case bt_changes:of_function(Key) of
        [] -> ok;
        [_] -> checked(bt_source:patch(Facade, Side, Selector, Source))
    end.

checked({ok, _}) -> ok;
checked({error, Exception}) -> erlang:error(Exception).
