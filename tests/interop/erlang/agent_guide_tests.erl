%% The program in docs/agents/interop.md does what it says.
-module(agent_guide_tests).
-include_lib("eunit/include/eunit.hrl").

erlang_program_test() ->
    {ok, librarian, Code} = compile:forms(forms(program()), [return_errors]),
    {module, librarian} = code:load_binary(librarian, "interop.md", Code),
    ?assertEqual(<<"Two books on owls.">>, librarian:main()).

%% The only block in Erlang of the page; tests run at the root of the repository.
program() ->
    {ok, Text} = file:read_file("docs/agents/interop.md"),
    {match, [Program]} =
        re:run(Text, "```erlang\n(.*?)```", [dotall, {capture, all_but_first, list}]),
    Program.

forms(Program) ->
    {ok, Tokens, _} = erl_scan:string(Program),
    [form(Form) || Form <- split(Tokens, [], [])].

form(Tokens) ->
    {ok, Form} = erl_parse:parse_form(Tokens),
    Form.

split([], [], Forms) -> lists:reverse(Forms);
split([{dot, _} = Dot | Rest], Form, Forms) ->
    split(Rest, [], [lists:reverse([Dot | Form]) | Forms]);
split([Token | Rest], Form, Forms) -> split(Rest, [Token | Form], Forms).
