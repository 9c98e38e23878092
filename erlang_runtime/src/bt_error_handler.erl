%% @doc The error handler of processes that run Beamtalk code: where a call lands whose module does
%% not export the function.
%%
%% For a class that is the ordinary way to an inherited method: its facade answers with
%% `$handle_undefined_function'. OTP's handler gets there, too, after it has made sure by the code
%% server's table and the export table that the module is loaded; that takes longer than the method
%% does. Whatever else a call may miss is OTP's affair.
-module(bt_error_handler).

-export([install/0]).
%% Called by the emulator.
-export([undefined_function/3, undefined_lambda/3, breakpoint/3]).

%% @doc Makes this the handler of the calling process.
-spec install() -> ok.
install() ->
    _ = process_flag(error_handler, ?MODULE),
    ok.

-spec undefined_function(module(), atom(), [term()]) -> term().
undefined_function(Module, Function, Args) ->
    case erlang:function_exported(Module, '$handle_undefined_function', 2) of
        true -> Module:'$handle_undefined_function'(Function, Args);
        false -> error_handler:undefined_function(Module, Function, Args)
    end.

-spec undefined_lambda(module(), fun(), [term()]) -> term().
undefined_lambda(Module, Fun, Args) ->
    error_handler:undefined_lambda(Module, Fun, Args).

%% OTP's debugger.
-spec breakpoint(module(), atom(), [term()]) -> term().
breakpoint(Module, Function, Args) ->
    error_handler:breakpoint(Module, Function, Args).
