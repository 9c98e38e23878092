%% @doc Keeps the heaps of actors small.
%%
%% A burst of messages makes the receiver's heap grow a thousandfold, and a process that is idle
%% afterwards does not collect its garbage. Messages kept off the heap would not do that, but make
%% each round trip a sixth dearer. So an actor looks at its heap every few hundred messages, and
%% collects once when the burst is over.
-module(bt_heap).

-export([new/0, tidy/1, lighten/0]).
-export_type([limit/0]).

%% In words: a smaller heap is not worth a look. At least what the last collection left, because an
%% actor with a large state must not collect again and again for the sake of it.
-type limit() :: pos_integer().

-define(WORDS, 7000).
-define(EVERY, 512).
-define(SOON, 64).
%% Between these a process that waits is looked through: below there is nothing to win, above it
%% takes too long.
-define(LIGHT, 600).
-define(HEAVY, 200000).

%% @doc The limit of a new actor, and after how many messages it has to look.
-spec new() -> {pos_integer(), limit()}.
new() -> {?EVERY, ?WORDS}.

%% @doc Collects garbage if there may be much, and no burst is going on. Answers when to look again,
%% and the new limit.
-spec tidy(limit()) -> {pos_integer(), limit()}.
tidy(Limit) ->
    case waiting() of
        Waiting when Waiting > ?SOON -> {max(?SOON, Waiting div 2), Limit};
        _ -> tidy(Limit, words())
    end.

-spec tidy(limit(), non_neg_integer()) -> {pos_integer(), limit()}.
tidy(Limit, Words) when Words =< Limit -> {?EVERY, Limit};
tidy(Limit, _) ->
    garbage_collect(),
    case waiting() of
        %% Another burst has come meanwhile: what is left is messages for the most part.
        Waiting when Waiting > ?SOON -> {max(?SOON, Waiting div 2), Limit};
        _ -> {?EVERY, max(?WORDS, words())}
    end.

%% @doc This process is going to wait: what it does not need is given back, if that is soon done.
-spec lighten() -> ok.
lighten() ->
    Words = words(),
    _ = Words > ?LIGHT andalso Words < ?HEAVY andalso garbage_collect(),
    ok.

-spec waiting() -> non_neg_integer().
waiting() ->
    {_, Length} = process_info(self(), message_queue_len),
    Length.

%% The size of both generations. To ask for it, or for other sizes, walks through the mailbox.
-spec words() -> non_neg_integer().
words() ->
    {_, Info} = process_info(self(), garbage_collection_info),
    {_, Old} = lists:keyfind(old_heap_block_size, 1, Info),
    {_, Young} = lists:keyfind(heap_block_size, 1, Info),
    Old + Young.
