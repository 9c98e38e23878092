%% @doc What an application needs without saying so: classes of applications that its `.app.src'
%% does not name. They are on the code path while one builds and tests, but not in a release.
-module(rebar3_beamtalk_needs).

-export([missing/1]).

%% @doc A warning for each application that is needed and not named; in lines.
-spec missing(rebar_app_info:t()) -> [iolist()].
missing(AppInfo) ->
    Name = rebar_app_info:name(AppInfo),
    Named = closure([binary_to_atom(Name) | applications(AppInfo)], []),
    Needed = references(rebar_app_info:ebin_dir(AppInfo)),
    [["warning: ", Name, " uses ", Class, " of ", Owner,
      ", which is not among the applications of ",
      Name, ".app.src: a release would be without it\n"]
     || {Owner, Class} <- maps:to_list(Needed), not lists:member(binary_to_atom(Owner), Named)].

applications(AppInfo) ->
    case file:consult(rebar_app_info:app_file_src(AppInfo)) of
        {ok, [{application, _, Keys}]} -> proplists:get_value(applications, Keys, []);
        _ -> rebar_app_info:applications(AppInfo)
    end.

closure([], Seen) ->
    Seen;
closure([Application | Others], Seen) ->
    case lists:member(Application, Seen) of
        true -> closure(Others, Seen);
        false -> closure(needs_of(Application) ++ Others, [Application | Seen])
    end.

needs_of(Application) ->
    case file:consult(code:where_is_file(atom_to_list(Application) ++ ".app")) of
        {ok, [{application, _, Keys}]} -> proplists:get_value(applications, Keys, []);
        _ -> []
    end.

%% By application one class that the modules name.
references(Ebin) ->
    Files = filelib:wildcard(filename:join(Ebin, "*.beam")),
    Names = lists:usort([Name || File <- Files, Atom <- atoms(File),
                                 <<"bt.", _/binary>> = Name <- [atom_to_binary(Atom)]]),
    maps:from_list([{Owner, lists:last(binary:split(Name, <<".">>, [global]))}
                    || Name <- Names, Owner <- owner(code:which(binary_to_atom(Name)))]).

atoms(File) ->
    case beam_lib:chunks(File, [atoms]) of
        {ok, {_Module, [{atoms, Atoms}]}} -> [Atom || {_Index, Atom} <- Atoms];
        {error, beam_lib, _} -> []
    end.

%% The application in whose directory a module is: `lib/shop-1.0/ebin/x.beam'.
owner(File) when is_list(File), File =/= [] ->
    Directory = filename:basename(filename:dirname(filename:dirname(File))),
    [list_to_binary(hd(string:split(Directory, "-")))];
owner(_) ->
    [].
