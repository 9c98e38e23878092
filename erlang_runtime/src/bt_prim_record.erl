%%% @doc Primitives of Record: Erlang's records, whose declarations are read from include files.
-module(bt_prim_record).

-export([read/2, make/2, at/3, put/4, dictionary/2, is_one/2]).

-type record() :: #{name := atom(), fields := [atom()], defaults := [term()], atom() => term()}.

%%% Declarations

%% @doc The record of a name in an include file.
-spec read(term(), term()) -> record().
read(Name, File) when is_atom(Name), Name =/= nil, is_binary(File) ->
    Forms = forms(File),
    case [Fields || {attribute, _, record, {N, Fields}} <- Forms, N =:= Name] of
        [Fields | _] -> declared(Name, [field(Field) || Field <- Fields]);
        [] -> no_record(Name, File, [N || {attribute, _, record, {N, _}} <- Forms])
    end;
read(Name, File) when is_binary(File) ->
    bt_prim_collection:type_error(<<"the name of a record">>, Name, nil, 'named:in:');
read(_, File) ->
    bt_prim_collection:type_error(<<"the name of an include file">>, File, nil, 'named:in:').

declared(Name, Fields) ->
    {Names, Defaults} = lists:unzip(Fields),
    #{'$class' => 'bt.stdlib.Record', name => Name, fields => Names, defaults => Defaults}.

forms(File) ->
    Path = path(unicode:characters_to_list(File)),
    case epp:parse_file(Path, [{includes, [filename:dirname(Path)]}]) of
        {ok, Forms} -> Forms;
        {error, Reason} -> bt_file_error:raise(Reason, File, 'named:in:')
    end.

%% As `-include' and `-include_lib' find it.
path(File) ->
    case {filelib:is_regular(File), filename:split(File)} of
        {false, [Application | [_ | _] = Rest]} -> in_application(Application, Rest, File);
        _ -> File
    end.

in_application(Application, Rest, File) ->
    Names = [Path || Path <- code:get_path(), application_of(Path) =:= Application],
    case Names of
        [Ebin | _] -> filename:join([filename:dirname(Ebin) | Rest]);
        [] -> File
    end.

%% `kernel' of `/usr/lib/erlang/lib/kernel-8.5.4/ebin'.
application_of(Path) ->
    [Name | _] = string:split(filename:basename(filename:dirname(Path)), "-"),
    Name.

field({typed_record_field, Field, _Type}) -> field(Field);
field({record_field, _, {atom, _, Name}}) -> {Name, undefined};
field({record_field, _, {atom, _, Name}, Default}) -> {Name, evaluated(Default)}.

%% A default that calls functions which are not there has no value here.
evaluated(Expression) ->
    try
        {value, Value, _} = erl_eval:expr(Expression, erl_eval:new_bindings()),
        Value
    catch
        _:_ -> undefined
    end.

-spec no_record(atom(), binary(), [atom()]) -> no_return().
no_record(Name, File, Names) ->
    Message = [<<"there is no record ">>, atom_to_binary(Name), <<" in ">>, File],
    no_key(Name, Message, Names).

-spec no_key(term(), iodata(), [atom()]) -> no_return().
no_key(Key, Message, Names) ->
    Hint = bt_hint:did_you_mean(bt_print:display_string(Key), [atom_to_binary(N) || N <- Names]),
    bt_error:raise('bt.stdlib.KeyNotFound',
                   #{message => iolist_to_binary(Message), hint => Hint, key => Key}).

%%% Values

%% @doc A record with the values given.
-spec make(record(), term()) -> tuple().
make(Record, Values) when is_map(Values), not is_map_key('$class', Values) ->
    #{name := Name, fields := Fields, defaults := Defaults} = sound(Record, 'make:'),
    [place(Record, Field) || Field <- maps:keys(Values)],
    list_to_tuple([Name | [maps:get(Field, Values, Default)
                           || {Field, Default} <- lists:zip(Fields, Defaults)]]);
make(_, Other) ->
    bt_prim_collection:type_error(<<"a Dictionary of fields">>, Other, nil, 'make:').

%% @doc The value of a field.
-spec at(record(), term(), term()) -> term().
at(Record, Tuple, Field) ->
    check(Record, Tuple, 'of:at:'),
    element(place(Record, Field), Tuple).

%% @doc The tuple with another value for a field.
-spec put(record(), term(), term(), {term()}) -> tuple().
put(Record, Tuple, Field, {Value}) ->
    check(Record, Tuple, 'of:at:put:'),
    setelement(place(Record, Field), Tuple, Value).

%% @doc The fields by name.
-spec dictionary(record(), term()) -> #{atom() => term()}.
dictionary(#{fields := Fields} = Record, Tuple) ->
    check(Record, Tuple, 'asDictionary:'),
    [_ | Values] = tuple_to_list(Tuple),
    maps:from_list(lists:zip(Fields, Values)).

%% @doc Whether a value is a record of that name and size.
-spec is_one(record(), term()) -> boolean().
is_one(Record, Value) ->
    #{name := Name, fields := Fields} = sound(Record, 'includes:'),
    is_record(Value, Name, length(Fields) + 1).

%% A Record can be made of anything.
sound(#{name := Name, fields := Fields, defaults := Defaults} = Record, Selector) ->
    try is_atom(Name) andalso lists:all(fun is_atom/1, Fields)
            andalso length(Fields) =:= length(Defaults) of
        true -> Record;
        false -> unsound(Record, Selector)
    catch
        error:_ -> unsound(Record, Selector)
    end.

-spec unsound(record(), atom()) -> no_return().
unsound(Record, Selector) ->
    Wanted = <<"a name, the names of the fields, and as many defaults">>,
    bt_prim_collection:type_error(Wanted, Record, nil, Selector).

check(#{name := Name} = Record, Tuple, Selector) ->
    sound(Record, Selector),
    Wanted = <<"a record ", (atom_to_binary(Name))/binary>>,
    is_one(Record, Tuple) orelse bt_prim_collection:type_error(Wanted, Tuple, nil, Selector).

place(#{name := Name, fields := Fields}, Field) ->
    case [Place || {Place, Known} <- lists:zip(lists:seq(2, length(Fields) + 1), Fields),
                   Known =:= Field] of
        [Place | _] -> Place;
        [] ->
            Message = [<<"the record ">>, atom_to_binary(Name), <<" has no field ">>,
                       bt_print:display_string(Field)],
            no_key(Field, Message, Fields)
    end.
