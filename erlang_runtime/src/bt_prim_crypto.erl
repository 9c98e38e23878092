%%% @doc Primitives of Digest and Crypto, on OTP's crypto.
-module(bt_prim_crypto).

-export([hash/3, hash_all/2, hash_file/2, hmac/4, crc32/1]).
-export([random/1, random_integer/1, equals/2, derive/4]).
-export([encrypt/3, decrypt/3]).

-define(ALGORITHMS, [
    md5, sha, sha224, sha256, sha384, sha512, sha3_256, sha3_512, blake2b, blake2s
]).
-define(CHUNK, 65536).
-define(MOST_BYTES, (1 bsl 26)).
-define(MOST_ROUNDS, 10_000_000).
-define(MOST_KEY, 1024).

%% AES in Galois counter mode: a key of 32 bytes, a nonce of 12 and a tag of 16.
-define(KEY, 32).
-define(NONCE, 12).
-define(TAG, 16).

-type wrapped() :: bt_prim_binary:wrapped().

%%% Digests

%% @doc The digest of a Binary or String.
-spec hash(term(), term(), atom()) -> wrapped().
hash(Algorithm, Data, Selector) ->
    Bytes = bt_prim_binary:bytes(Data, nil, Selector),
    bt_prim_binary:wrap(crypto:hash(algorithm(Algorithm, Selector), Bytes)).

%% @doc The digest of the elements of a collection in a row, such as the chunks of a Stream.
-spec hash_all(term(), term()) -> wrapped().
hash_all(Algorithm, Chunks) ->
    Selector = 'hashAll:algorithm:',
    Start = crypto:hash_init(algorithm(Algorithm, Selector)),
    Update = fun(State, Chunk) ->
        crypto:hash_update(State, bt_prim_binary:bytes(bt_op:touch(Chunk), nil, Selector))
    end,
    bt_prim_binary:wrap(crypto:hash_final(bt_send:call(Chunks, 'inject:into:', Start, Update))).

%% @doc The digest of a file, which is read piece by piece.
-spec hash_file(term(), term()) -> wrapped().
hash_file(Algorithm, Path) ->
    Start = crypto:hash_init(algorithm(Algorithm, 'hashFile:algorithm:')),
    Name = bt_prim_parse:text(Path, nil, 'hashFile:algorithm:'),
    case file:open(Name, [read, raw, binary]) of
        {ok, File} ->
            try
                hash_chunks(file:read(File, ?CHUNK), File, Start, Path)
            after
                file:close(File)
            end;
        {error, Reason} ->
            no_file(Path, Reason)
    end.

hash_chunks({ok, Chunk}, File, State, Path) ->
    hash_chunks(file:read(File, ?CHUNK), File, crypto:hash_update(State, Chunk), Path);
hash_chunks(eof, _File, State, _Path) ->
    bt_prim_binary:wrap(crypto:hash_final(State));
hash_chunks({error, Reason}, _File, _State, Path) ->
    no_file(Path, Reason).

-spec no_file(term(), term()) -> no_return().
no_file(Path, Reason) ->
    Wanted = io_lib:format("a file that can be read (~ts)", [file:format_error(Reason)]),
    type_error(Wanted, Path, 'hashFile:algorithm:').

%% @doc The code that shows whether somebody with the key made the data.
-spec hmac(term(), term(), term(), atom()) -> wrapped().
hmac(Algorithm, Key, Data, Selector) ->
    KeyBytes = bt_prim_binary:bytes(Key, nil, Selector),
    Bytes = bt_prim_binary:bytes(Data, nil, Selector),
    bt_prim_binary:wrap(crypto:mac(hmac, algorithm(Algorithm, Selector), KeyBytes, Bytes)).

algorithm(sha1, _Selector) ->
    sha;
algorithm(Algorithm, Selector) ->
    case lists:member(Algorithm, ?ALGORITHMS) of
        true -> Algorithm;
        false ->
            Wanted = <<"one of #md5, #sha1, #sha224, #sha256, #sha384, #sha512, #sha3_256, "
                       "#sha3_512, #blake2b and #blake2s">>,
            type_error(Wanted, Algorithm, Selector)
    end.

%% @doc The checksum of zip and PNG.
-spec crc32(term()) -> non_neg_integer().
crc32(Data) -> erlang:crc32(bt_prim_binary:bytes(Data, nil, 'crc32:')).

%%% Secrets

%% @doc So many bytes that nobody can guess.
-spec random(term()) -> wrapped().
random(Count) when is_integer(Count), Count >= 0, Count =< ?MOST_BYTES ->
    bt_prim_binary:wrap(crypto:strong_rand_bytes(Count));
random(Other) ->
    type_error(<<"a number of bytes up to 64 MB">>, Other, 'randomBytes:').

%% @doc A number from 1 to the limit that nobody can guess.
-spec random_integer(term()) -> pos_integer().
random_integer(Limit) when is_integer(Limit), Limit > 0 ->
    Bytes = crypto:strong_rand_bytes(byte_size(binary:encode_unsigned(Limit)) + 8),
    binary:decode_unsigned(Bytes) rem Limit + 1;
random_integer(Other) ->
    type_error(<<"an Integer above 0">>, Other, 'randomInteger:').

%% @doc Whether both are the same bytes, in a time that does not depend on where they differ.
-spec equals(term(), term()) -> boolean().
equals(A, B) ->
    Left = bt_prim_binary:bytes(A, nil, 'equals:with:'),
    Right = bt_prim_binary:bytes(B, nil, 'equals:with:'),
    byte_size(Left) =:= byte_size(Right) andalso crypto:hash_equals(Left, Right).

%% @doc A key from a password, by PBKDF2 with HMAC-SHA256.
-spec derive(term(), term(), term(), term()) -> wrapped().
derive(Password, Salt, Rounds, Size) ->
    Selector = 'deriveKey:salt:iterations:size:',
    Secret = bt_prim_binary:bytes(Password, nil, Selector),
    Bytes = bt_prim_binary:bytes(Salt, nil, Selector),
    ok = check(<<"iterations from 1 to 10000000">>, Rounds, ?MOST_ROUNDS, Selector),
    ok = check(<<"a size from 1 to 1024 bytes">>, Size, ?MOST_KEY, Selector),
    bt_prim_binary:wrap(crypto:pbkdf2_hmac(sha256, Secret, Bytes, Rounds, Size)).

check(_Wanted, Number, Most, _Selector) when is_integer(Number), Number > 0, Number =< Most -> ok;
check(Wanted, Number, _Most, Selector) -> type_error(Wanted, Number, Selector).

%% @doc Nonce, tag and cipher text in a row. What is associated is protected, not hidden.
-spec encrypt(term(), term(), term()) -> wrapped().
encrypt(Data, Key, Associated) ->
    Selector = 'encrypt:key:associated:',
    Secret = key(Key, Selector),
    Plain = bt_prim_binary:bytes(Data, nil, Selector),
    With = bt_prim_binary:bytes(Associated, nil, Selector),
    Nonce = crypto:strong_rand_bytes(?NONCE),
    {Cipher, Tag} =
        crypto:crypto_one_time_aead(aes_256_gcm, Secret, Nonce, Plain, With, ?TAG, true),
    bt_prim_binary:wrap(<<Nonce/binary, Tag/binary, Cipher/binary>>).

%% @doc What was encrypted; the wrong key or changed bytes raise CryptoError.
-spec decrypt(term(), term(), term()) -> wrapped().
decrypt(Data, Key, Associated) ->
    Selector = 'decrypt:key:associated:',
    Secret = key(Key, Selector),
    With = bt_prim_binary:bytes(Associated, nil, Selector),
    case bt_prim_binary:bytes(Data, nil, Selector) of
        <<Nonce:?NONCE/binary, Tag:?TAG/binary, Cipher/binary>> ->
            Plain =
                crypto:crypto_one_time_aead(aes_256_gcm, Secret, Nonce, Cipher, With, Tag, false),
            decrypted(Plain);
        _ ->
            unreadable()
    end.

decrypted(Plain) when is_binary(Plain) -> bt_prim_binary:wrap(Plain);
decrypted(error) -> unreadable().

-spec unreadable() -> no_return().
unreadable() ->
    bt_error:raise('bt.stdlib.CryptoError', #{
        message => <<"decrypt:key: cannot read the data with this key">>,
        hint => <<"the key is another one, or the data or what is associated was changed">>,
        selector => 'decrypt:key:associated:'
    }).

%% The key is not shown in the error.
key(Key, Selector) ->
    case bt_prim_binary:bytes(Key, nil, Selector) of
        Secret when byte_size(Secret) =:= ?KEY -> Secret;
        Other ->
            Size = integer_to_binary(byte_size(Other)),
            bt_error:raise('bt.stdlib.TypeError', #{
                message => <<(atom_to_binary(Selector))/binary, " wants a key of 32 bytes, not of ",
                             Size/binary>>,
                hint => <<"Crypto newKey makes one, deriveKey:salt: makes one of a password">>,
                selector => Selector
            })
    end.

-spec type_error(iodata(), term(), atom()) -> no_return().
type_error(Wanted, Value, Selector) ->
    bt_prim_collection:type_error(Wanted, Value, nil, Selector).
