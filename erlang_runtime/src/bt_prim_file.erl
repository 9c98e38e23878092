%%% @doc Primitives of File, Directory and FileHandle. Names of files are bytes, which the operating
%%% system gets as they are: so it does not matter what the locale says, or whether a name is text.
-module(bt_prim_file).

-export([name/2, fail/3, type/2, info/2, list/2, glob/2, link_target/2]).
-export([temporary/0, working_directory/0]).
-export([replace/4, copy/3, delete_all/2, make_unique/3, bytes/2]).
-export([lines/4, page/4, open/3, ask/3, do_lines/3, is_open/1, open_handles/0, text/4,
         without_return/1]).

-include_lib("kernel/include/file.hrl").

-define(PATH, 'bt.stdlib.Path').
-define(ATTEMPTS, 100).

%%% Arguments

%% @doc The bytes of a path, which is a String or a Path.
-spec name(term(), atom()) -> binary().
name(Path, Selector) ->
    case bt_op:touch(Path) of
        Text when is_binary(Text) -> without_nul(Text, Selector);
        #{'$class' := ?PATH, text := Text} -> without_nul(Text, Selector);
        Other -> not_a_path(Other, Selector)
    end.

without_nul(Text, Selector) ->
    case binary:match(Text, <<0>>) of
        nomatch -> Text;
        _ -> not_a_path(Text, Selector)
    end.

-spec not_a_path(term(), atom()) -> no_return().
not_a_path(Other, Selector) ->
    bt_prim_collection:type_error(<<"a path, as a String or a Path">>, Other, nil, Selector).

%% @doc The bytes of a String or a Binary.
-spec bytes(term(), atom()) -> binary().
bytes(Data, Selector) ->
    bt_prim_binary:bytes(bt_op:touch(Data), nil, Selector).

%% @doc Raises a FileError.
-spec fail(term(), binary() | nil, atom()) -> no_return().
fail(Reason, Name, Selector) -> bt_file_error:raise(Reason, Name, Selector).

%% @doc The bytes as a String: in `utf8', `latin1', or `lossy', which replaces what is not UTF-8.
-spec text(binary(), binary() | nil, term(), atom()) -> binary().
text(Bytes, Name, Encoding, Selector) ->
    Fail = fun(Reason) -> bt_file_error:raise(Reason, Name, Selector) end,
    bt_lines:text(Bytes, encoding(Encoding, Selector), Fail).

encoding(Encoding, _Selector) when Encoding =:= utf8; Encoding =:= latin1; Encoding =:= lossy ->
    Encoding;
encoding(Other, Selector) ->
    bt_prim_collection:type_error(<<"#utf8, #latin1 or #lossy">>, Other, nil, Selector).

%%% Asking

%% @doc What is there: regular, directory, symlink (only if links are not followed), device, other;
%% nil for nothing, or nothing that may be seen.
-spec type(binary(), boolean()) -> atom().
type(Name, Follow) ->
    case file_info(Name, Follow) of
        {ok, #file_info{type = Type}} -> Type;
        {error, _} -> nil
    end.

file_info(Name, true) -> file:read_file_info(Name, [raw, {time, posix}]);
file_info(Name, false) -> file:read_link_info(Name, [raw, {time, posix}]).

%% @doc What the operating system knows about a file, as a Dictionary. Times are seconds since 1970.
-spec info(binary(), atom()) -> #{atom() => term()}.
info(Name, Selector) ->
    case file_info(Name, true) of
        {ok, Info} ->
            #file_info{type = Type, size = Size, mode = Mode, mtime = Modified} = Info,
            #file_info{atime = Accessed, links = Links, uid = User, gid = Group} = Info,
            #{type => Type, size => Size, mode => Mode band 8#7777, modified => Modified,
              accessed => Accessed, links => Links, user => User, group => Group};
        {error, Reason} ->
            fail(Reason, Name, Selector)
    end.

%% @doc The names in a directory, in order.
-spec list(binary(), atom()) -> [binary()].
list(Name, Selector) ->
    case file:list_dir_all(Name) of
        {ok, Names} -> lists:sort([raw(Each) || Each <- Names]);
        {error, Reason} -> fail(Reason, Name, Selector)
    end.

%% Erlang answers characters as far as it could decode the bytes of a name.
raw(Name) when is_binary(Name) ->
    Name;
raw(Name) ->
    case file:native_name_encoding() of
        utf8 -> unicode:characters_to_binary(Name);
        latin1 -> list_to_binary(Name)
    end.

%% @doc The names in a directory, and below, that match a pattern.
-spec glob(term(), binary()) -> [binary()].
glob(Pattern, Directory) ->
    Characters = unicode:characters_to_list(name(Pattern, 'glob:in:')),
    try
        [raw(Name) || Name <- filelib:wildcard(Characters, decoded(Directory))]
    catch
        error:_ ->
            bt_prim_collection:type_error(<<"a pattern of names">>, Pattern, nil, 'glob:in:')
    end.

%% As the functions of Erlang that only know lists want it.
decoded(Name) ->
    case file:native_name_encoding() of
        utf8 -> unicode:characters_to_list(Name);
        latin1 -> binary_to_list(Name)
    end.

%% @doc Where a symbolic link leads.
-spec link_target(binary(), atom()) -> binary().
link_target(Name, Selector) ->
    case file:read_link_all(Name) of
        {ok, Target} -> raw(Target);
        {error, Reason} -> fail(Reason, Name, Selector)
    end.

%% @doc Where temporary files belong.
-spec temporary() -> binary().
temporary() ->
    Places = [os:getenv(Name, "") || Name <- ["TMPDIR", "TMP", "TEMP"]] ++ ["/tmp"],
    case [Place || Place <- Places, filelib:is_dir(Place)] of
        [First | _] -> filename:absname(raw(First));
        [] -> working_directory()
    end.

%% @doc The working directory of the node.
-spec working_directory() -> binary().
working_directory() ->
    case file:get_cwd() of
        {ok, Name} -> raw(Name);
        {error, Reason} -> fail(Reason, <<".">>, cwd)
    end.

%%% Changing

%% @doc Makes the data the whole of a file, at once: whoever reads it sees the old or the new, and a
%% crash leaves either. The file keeps its mode; a link stays a link to it.
-spec replace(binary(), iodata(), pos_integer(), atom()) -> nil.
replace(Name, _Data, 0, Selector) ->
    fail(eloop, Name, Selector);
replace(Name, Data, Links, Selector) ->
    case file_info(Name, false) of
        {ok, #file_info{type = symlink}} ->
            replace(target(Name, Selector), Data, Links - 1, Selector);
        {ok, #file_info{type = regular, access = Access} = Info} when
            Access =:= write; Access =:= read_write
        ->
            done(replace_regular(Name, Data, Info), Name, Selector);
        {error, enoent} ->
            done(replace_regular(Name, Data, none), Name, Selector);
        _ ->
            %% A device or a pipe can only be written to; of others this says what is wrong.
            done(file:write_file(Name, Data), Name, Selector)
    end.

target(Name, Selector) ->
    filename:join(filename:dirname(Name), link_target(Name, Selector)).

done(ok, _Name, _Selector) -> nil;
done({error, Reason}, Name, Selector) -> fail(Reason, Name, Selector).

replace_regular(Name, Data, Info) ->
    Temporary = beside(Name),
    case file:write_file(Temporary, Data, [exclusive, raw]) of
        ok ->
            keep_mode(Temporary, Info),
            put_in_place(Temporary, Name);
        {error, Reason} when Info =/= none, (Reason =:= eacces orelse Reason =:= erofs) ->
            %% The directory takes no other file, but this one may be written.
            file:write_file(Name, Data);
        {error, eexist} ->
            replace_regular(Name, Data, Info);
        {error, Reason} ->
            given_up(Temporary, Reason)
    end.

put_in_place(Temporary, Name) ->
    case file:rename(Temporary, Name) of
        ok -> ok;
        {error, Reason} -> given_up(Temporary, Reason)
    end.

given_up(Temporary, Reason) ->
    _ = file:delete(Temporary, [raw]),
    {error, Reason}.

%% A short name: the file's own may already be as long as a name can be.
beside(Name) ->
    filename:join(filename:dirname(Name), <<".bt-", (random_name())/binary>>).

random_name() ->
    string:lowercase(binary:encode_hex(rand:bytes(8))).

keep_mode(_Temporary, none) ->
    ok;
keep_mode(Temporary, #file_info{mode = Mode, uid = User, gid = Group}) ->
    %% Only root may give files away. The owner comes first: a change of it takes bits away.
    _ = file:change_owner(Temporary, User, Group),
    _ = file:change_mode(Temporary, Mode band 8#7777),
    ok.

%% @doc Copies a file with its mode; what has the other name is replaced at once.
-spec copy(binary(), binary(), atom()) -> nil.
copy(Name, Target, Selector) ->
    #{type := Type} = info(Name, Selector),
    Type =:= regular orelse fail(not_a_file(Type), Name, Selector),
    {ok, Info} = file_info(Name, true),
    Temporary = beside(Target),
    case file:copy(Name, {Temporary, [exclusive, write, raw]}) of
        {ok, _} ->
            keep_mode(Temporary, Info),
            done(put_in_place(Temporary, Target), Target, Selector);
        {error, Reason} ->
            _ = file:delete(Temporary, [raw]),
            fail(Reason, Target, Selector)
    end.

not_a_file(directory) -> eisdir;
not_a_file(_Type) -> einval.

%% @doc Deletes a file, or a directory with all that is in it; a link, but not what it leads to.
%% What is not there need not be deleted.
-spec delete_all(binary(), atom()) -> nil.
delete_all(Name, Selector) ->
    is_unsafe(Name) andalso fail(unsafe_path, Name, Selector),
    delete_tree(Name, Selector).

delete_tree(Name, Selector) ->
    case file_info(Name, false) of
        {ok, #file_info{type = directory}} ->
            [delete_tree(<<Name/binary, "/", Each/binary>>, Selector)
             || Each <- list(Name, Selector)],
            done(file:del_dir(Name), Name, Selector);
        {ok, _} ->
            done(file:delete(Name, [raw]), Name, Selector);
        {error, enoent} ->
            nil;
        {error, Reason} ->
            fail(Reason, Name, Selector)
    end.

%% The empty path, the root, the working directory, that of the user, and those above them.
is_unsafe(Name) ->
    Parts = [Part || Part <- binary:split(Name, <<"/">>, [global]), Part =/= <<>>],
    case Parts =:= [] orelse lists:member(lists:last(Parts), [<<".">>, <<"..">>]) of
        true -> true;
        false -> lists:any(fun(Place) -> is_above(Name, Place) end, precious())
    end.

precious() -> [working_directory() | [raw(Home) || Home <- [os:getenv("HOME", "")], Home =/= ""]].

%% By inode, since links can give one directory many names.
is_above(Name, Directory) ->
    case file_info(Name, false) of
        {ok, #file_info{type = directory} = Info} -> is_one_of(Info, Directory);
        _ -> false
    end.

is_one_of(Info, Directory) ->
    Same = same(Info, file_info(Directory, true)),
    case {Same, filename:dirname(Directory)} of
        {true, _} -> true;
        {false, Directory} -> false;
        {false, Above} -> is_one_of(Info, Above)
    end.

same(#file_info{inode = I, major_device = D}, {ok, Other}) ->
    {I, D} =:= {Other#file_info.inode, Other#file_info.major_device};
same(_Info, {error, _}) ->
    false.

%% @doc Makes a file or a directory of a name that nothing had, and answers the name.
-spec make_unique(file | directory, binary(), binary()) -> binary().
make_unique(Kind, Prefix, Suffix) ->
    make_unique(Kind, Prefix, Suffix, ?ATTEMPTS).

make_unique(Kind, Prefix, Suffix, Attempts) ->
    Base = <<Prefix/binary, (random_name())/binary, Suffix/binary>>,
    Name = filename:join(temporary(), Base),
    case make_private(Kind, Name) of
        ok -> Name;
        {error, eexist} when Attempts > 1 -> make_unique(Kind, Prefix, Suffix, Attempts - 1);
        {error, Reason} -> fail(Reason, Name, temporary)
    end.

make_private(file, Name) ->
    first_ok([
        fun() -> file:write_file(Name, <<>>, [exclusive, raw]) end,
        fun() -> file:change_mode(Name, 8#600) end
    ]);
make_private(directory, Name) ->
    first_ok([
        fun() -> file:make_dir(Name) end,
        fun() -> file:change_mode(Name, 8#700) end
    ]).

first_ok([Step | Steps]) ->
    case Step() of
        ok when Steps =/= [] -> first_ok(Steps);
        Answer -> Answer
    end.

%%% Lines

%% @doc Evaluates the block with each line of a file.
-spec lines(binary(), term(), term(), atom()) -> nil.
lines(Name, Encoding, Block, Selector) ->
    bt_lines:in_file(Name, encoding(Encoding, Selector), function(Block), Selector).

function(Block) -> bt_prim_collection:function(Block, 1, 'do:').

%% @doc Some lines of a file from a position on, and the position after them; nil at the end.
-spec page(binary(), non_neg_integer(), term(), atom()) -> {[binary()], non_neg_integer()} | nil.
page(Name, Position, Encoding, Selector) ->
    bt_lines:page(Name, Position, encoding(Encoding, Selector), Selector).

%%% Handles

%% @doc Opens a file for the present process; answers its server.
-spec open(binary(), term(), atom()) -> pid().
open(Name, Mode, Selector) ->
    case lists:member(Mode, [read, write, append, readWrite, exclusive]) of
        true -> ok;
        false ->
            Wanted = <<"#read, #write, #append, #readWrite or #exclusive">>,
            bt_prim_collection:type_error(Wanted, Mode, nil, Selector)
    end,
    case bt_file_handle:open(self(), Name, Mode) of
        {ok, Server} -> Server;
        {error, Reason} -> fail(Reason, Name, Selector)
    end.

%% @doc What the server of a handle answers; nil at the end of the file.
-spec ask(#{atom() => term()}, bt_file_handle:request(), atom()) -> term().
ask(_Handle, {seek, Position}, Selector) when not is_integer(Position) ->
    bt_prim_collection:type_error(<<"a position, as an Integer">>, Position, nil, Selector);
ask(#{server := Server, path := Name}, Request, Selector) ->
    case bt_file_handle:request(Server, Request) of
        {ok, Answer} -> Answer;
        {error, Reason} -> fail(Reason, Name, Selector)
    end.

%% @doc Evaluates the block with each line that a handle has left.
-spec do_lines(#{atom() => term()}, term(), atom()) -> nil.
do_lines(Handle, Block, Selector) ->
    Take = fun() -> ask(Handle, read_lines, Selector) end,
    Back = fun(Lines) -> bt_file_handle:request(maps:get(server, Handle), {unread, Lines}) end,
    Fail = fun(Reason) -> fail(Reason, maps:get(path, Handle), Selector) end,
    bt_lines:from({Take, Back, Fail}, utf8, function(Block)).

%% @doc A line without the carriage return that Windows puts before its end.
-spec without_return(binary()) -> binary().
without_return(Line) -> bt_lines:without_return(Line).

%% @doc Whether the handle has not been closed.
-spec is_open(#{atom() => term()}) -> boolean().
is_open(#{server := Server}) -> bt_actor:is_alive(Server).

%% @doc The handles that are open: their servers, paths and modes.
-spec open_handles() -> [{pid(), binary(), bt_file_handle:mode()}].
open_handles() -> bt_file_handle:open_handles().
