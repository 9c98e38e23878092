%% @doc Errors of files and of running programs, as Beamtalk has them.
-module(bt_file_error).

-export([raise/3, raise_subprocess/3, text/1]).

%% @doc Raises a FileError: what was to be done with which file, and why not.
-spec raise(term(), binary() | nil, atom()) -> no_return().
raise(Reason, Path, Selector) ->
    bt_error:raise('bt.stdlib.FileError', #{
        message => message(Path, Reason), hint => hint(Reason), selector => Selector,
        reason => symbol(Reason), path => Path
    }).

%% @doc Raises a SubprocessError.
-spec raise_subprocess(term(), binary() | nil, atom()) -> no_return().
raise_subprocess(Reason, Program, Selector) ->
    bt_error:raise('bt.stdlib.SubprocessError', #{
        message => message(Program, Reason), hint => program_hint(Reason), selector => Selector,
        reason => symbol(Reason), program => Program
    }).

message(nil, Reason) -> text(Reason);
message(Path, Reason) -> <<(bt_print:print_string(Path))/binary, ": ", (text(Reason))/binary>>.

symbol(Reason) when is_atom(Reason) -> Reason;
symbol(_Reason) -> error.

%% @doc What a reason means.
-spec text(term()) -> binary().
text(closed) -> <<"it is closed">>;
text(invalid_utf8) -> <<"it holds bytes that are not UTF-8">>;
text(unsafe_path) -> <<"it will not be deleted with all that is in it">>;
text(not_a_directory) -> <<"not a directory">>;
text(not_executable) -> <<"not a program that can be run">>;
text(not_found) -> <<"there is no such program">>;
text(ebadf) -> <<"it was not opened for that">>;
text(badarg) -> <<"the operating system does not take it">>;
text(Reason) when is_atom(Reason) -> unicode:characters_to_binary(file:format_error(Reason));
text(Reason) -> unicode:characters_to_binary(io_lib:format("~0tp", [Reason])).

hint(enoent) -> <<"File exists: tells whether there is one; mkdirAll: makes directories">>;
hint(eexist) -> <<"delete: or rename:to: makes room for it">>;
hint(eisdir) -> <<"Directory list: answers what is in a directory">>;
hint(enotempty) -> <<"deleteAll: deletes a directory with all that is in it">>;
hint(ebadf) -> <<"open:mode: takes #read, #write, #append, #readWrite and #exclusive">>;
hint(closed) -> <<"open:do: closes it after its block, and so does the end of its process">>;
hint(invalid_utf8) -> <<"readBinary: takes any bytes; lines:encoding: other encodings">>;
hint(unsafe_path) -> <<"it is the root, the working or home directory, or above one of them">>;
hint(_Reason) -> nil.

program_hint(not_found) -> <<"programs are looked for in the directories of PATH">>;
program_hint(closed) -> <<"what it wrote can be read until close">>;
program_hint(invalid_utf8) -> <<"readBinary takes any bytes">>;
program_hint(_Reason) -> nil.
