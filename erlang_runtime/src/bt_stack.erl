%% @doc Stack traces as Beamtalk sees them: class, selector, file and line of the methods on the
%% stack.
-module(bt_stack).

-export([frames/1, all_frames/1, continued/2, to_erlang/1, format/1]).
-export_type([frame/0]).

-include("bt.hrl").

%% An error may pass through any number of actors.
-define(MAX_FRAMES, 64).

%% An instance of StackFrame.
-type frame() :: #{'$class' := module(), atom() => term()}.

%% @doc The frames of Beamtalk methods, innermost first. Frames of the runtime and of Erlang are
%% left out, and so are the methods that only signal the exception.
-spec frames(term()) -> [frame()].
frames(Stack) when is_list(Stack) ->
    Frames = activations(lists:append([frame(Entry) || Entry <- Stack])),
    case lists:dropwhile(fun signals/1, Frames) of
        [] -> Frames;
        Rest -> Rest
    end;
frames(_) ->
    [].

%% @doc The frames of an error in another process, and behind them those of who waited for it.
-spec continued([frame()], term()) -> [frame()].
continued(There, Stack) ->
    case frames(Stack) of
        [] -> There;
        Here -> lists:sublist(lists:dropwhile(fun signals/1, There) ++ Here, ?MAX_FRAMES)
    end.

%% @doc The frames of Beamtalk methods and of Erlang functions, innermost first; those of the
%% runtime are left out.
-spec all_frames(term()) -> [frame()].
all_frames(Stack) when is_list(Stack) ->
    activations(lists:append([any_frame(Entry) || Entry <- Stack]));
all_frames(_) ->
    [].

any_frame({Module, Function, ArityOrArgs, Location} = Entry) ->
    case {class(Module), atom_to_binary(Module)} of
        {none, <<"bt_", _/binary>>} -> [];
        {none, _} -> [{whole, erlang_frame(Module, Function, ArityOrArgs, Location)}];
        _ -> frame(Entry)
    end;
any_frame(_) ->
    [].

erlang_frame(Module, Function, ArityOrArgs, Location) ->
    {Arity, Arguments} =
        case ArityOrArgs of
            Args when is_list(Args) -> {length(Args), Args};
            _ -> {ArityOrArgs, []}
        end,
    Name = <<(atom_to_binary(Function))/binary, $/, (integer_to_binary(Arity))/binary>>,
    #{'$class' => 'bt.stdlib.StackFrame', receiverClass => nil, method => frame_name(Name),
      arguments => Arguments, moduleName => Module,
      file => file(proplists:get_value(file, Location, nil)),
      line => proplists:get_value(line, Location, nil)}.

%% There may be functions with very long names, and there can be no end of anonymous ones.
frame_name(Name) ->
    try binary_to_atom(Name)
    catch error:_ -> Name
    end.

%% @doc The frames as they would stand in a stack trace of Erlang.
-spec to_erlang([frame()]) -> [{module(), atom(), arity(), [{file | line, term()}]}].
to_erlang(Frames) ->
    [to_erlang_frame(Frame) || Frame <- lists:dropwhile(fun signals/1, Frames)].

to_erlang_frame(#{moduleName := Module, method := Selector, receiverClass := Class} = Frame) ->
    Function = case Class of
                   #{'$class' := ?METACLASS} -> bt_class:side(Selector);
                   _ -> Selector
               end,
    {Module, Function, bt_send:arity(Selector) + 1, location(Frame)}.

location(#{file := File, line := Line}) ->
    [{file, unicode:characters_to_list(File)} || is_binary(File)]
        ++ [{line, Line} || is_integer(Line)].

signals(#{moduleName := 'bt.stdlib.Exception'}) -> true;
signals(#{moduleName := 'bt.stdlib.ProtoObject', method := 'doesNotUnderstand:args:'}) -> true;
signals(#{moduleName := 'bt.stdlib.Object', method := 'error:'}) -> true;
signals(_Frame) -> false.

frame({Module, Function, ArityOrArgs, Location}) ->
    case class(Module) of
        none -> [foreign];
        Facade -> method_frame(Module, Facade, Function, ArityOrArgs, Location)
    end;
frame(_) ->
    [foreign].

method_frame(Module, Facade, Function, ArityOrArgs, Location) ->
    Line = proplists:get_value(line, Location, nil),
    Method = method(Module, Function, Line),
    case Line =/= nil orelse is_method(Module, Method) of
        true -> [{part(Method, Function), frame(Facade, Method, ArityOrArgs, Location)}];
        false -> []
    end.

part(Method, Method) -> whole;
part(_Method, _Function) -> inner.

frame(Facade, Method, ArityOrArgs, Location) ->
    {Side, Selector} = bt_class:selector(Method),
    #{
        '$class' => 'bt.stdlib.StackFrame',
        receiverClass => receiver_class(Facade, Side),
        method => Selector,
        arguments => arguments(ArityOrArgs),
        moduleName => Facade,
        file => file(proplists:get_value(file, Location, nil)),
        line => proplists:get_value(line, Location, nil)
    }.

%% A loop is a function of its own to Erlang, and so is a block; where one of them was called by
%% the method that it stands in, that is one activation, and the innermost line is where it is.
activations([{inner, Frame}, {Part, Outer} | Rest]) ->
    case is_same_method(Frame, Outer) of
        true -> activations([{Part, Frame} | Rest]);
        false -> [Frame | activations([{Part, Outer} | Rest])]
    end;
activations([foreign | Rest]) ->
    activations(Rest);
activations([{_Part, Frame} | Rest]) ->
    [Frame | activations(Rest)];
activations([]) ->
    [].

%% A patch and the method that it replaced are in different files.
is_same_method(#{method := M, receiverClass := C, file := F}, Outer) ->
    case Outer of
        #{method := M, receiverClass := C, file := F} -> true;
        #{method := M, receiverClass := C, file := nil} -> true;
        _ -> false
    end.

receiver_class(Facade, instance) -> ?CLASS_OBJECT(Facade);
receiver_class(Facade, class) -> #{'$class' => ?METACLASS, module => Facade}.

%% Only where an Erlang error has recorded them; the first of them is self.
arguments([_Self | Args]) -> Args;
arguments(_) -> [].

file(nil) -> nil;
file(File) -> unicode:characters_to_binary(File).

%% The class that a module's methods belong to. That of a generation is in its name; an extension
%% or patch has a name of the same form, but the class is the one it was linked into.
class(Module) ->
    case binary:split(atom_to_binary(Module), <<" ">>) of
        [<<"bt.", _/binary>> = Facade, _] -> bt_patch:target(Module, binary_to_atom(Facade));
        _ -> none
    end.

%% Blocks and loops are functions of their own: they belong to the method whose lines they are in.
method(Module, Function, Line) ->
    Name = enclosing(atom_to_binary(Function)),
    case is_method(Module, Name) of
        true -> Name;
        false -> method_at(Module, Line, Name)
    end.

%% '-increment/1-fun-0-' was written in increment.
enclosing(<<"-", Rest/binary>> = Function) ->
    case re:run(Rest, <<"^(.*?)/[0-9]">>, [{capture, [1], binary}, dotall]) of
        {match, [Name]} -> binary_to_atom(Name);
        nomatch -> binary_to_atom(Function)
    end;
enclosing(Function) ->
    binary_to_atom(Function).

is_method(Module, Name) ->
    lists:any(fun(#{function := Function}) -> Function =:= Name end, methods(Module)).

method_at(_Module, nil, Name) ->
    Name;
method_at(Module, Line, Name) ->
    case [Function || {Function, First, Last} <- lines(Module), First =< Line, Line =< Last] of
        [Function | _] -> Function;
        [] -> outside(Module, Name)
    end.

%% The statements of a script are in no method.
outside(Module, Name) ->
    case erlang:function_exported(Module, main, 1) of
        true -> main;
        false -> Name
    end.

lines(Module) ->
    [
        {Function, Line, Line + length(binary:matches(text(Source), <<"\n">>))}
     || #{function := Function, line := Line, source := Source} <- methods(Module)
    ].

text(nil) -> <<>>;
text(Source) -> Source.

methods(Module) ->
    %% An extension has no description of its own: the registry of patches knows its methods.
    case erlang:function_exported(Module, '$meta', 0) of
        true -> maps:get(methods, Module:'$meta'(), []);
        false -> bt_patch:methods_of(Module)
    end.

%% @doc One line for each frame: `Counter >> increment (counter.bt:3)`.
-spec format([frame()]) -> [binary()].
format(Frames) ->
    [format_frame(Frame) || Frame <- Frames].

format_frame(#{receiverClass := nil, moduleName := Module, method := Function} = Frame) ->
    iolist_to_binary([atom_to_binary(Module), $:, bt_print:display_string(Function), place(Frame)]);
format_frame(#{receiverClass := Class, method := Selector} = Frame) ->
    Name = bt_print:class_name(maps:get(module, Class)),
    Side =
        case Class of
            #{'$class' := ?METACLASS} -> <<" class">>;
            _ -> <<>>
        end,
    iolist_to_binary([Name, Side, <<" >> ">>, atom_to_binary(Selector), place(Frame)]).

place(#{file := nil}) -> <<>>;
place(#{file := File, line := nil}) -> <<" (", File/binary, ")">>;
place(#{file := File, line := Line}) ->
    <<" (", File/binary, ":", (integer_to_binary(Line))/binary, ")">>.
