#!/bin/sh
# Dialyzer over the runtime and the agents' part in Erlang. What it knows of OTP is kept in _build, by OTP's version.
set -eu
cd "$(dirname "$0")/.."
release=$(erl -noshell -eval 'io:put_chars(erlang:system_info(otp_release)), halt().')
plt=_build/otp-$release.plt
ebin=_build/dialyzer

if [ ! -f "$plt" ]; then
    echo "dialyzer: learning OTP $release, which takes some minutes"
    dialyzer --build_plt --output_plt "$plt.new" --apps erts kernel stdlib compiler crypto inets mnesia ssl public_key \
        runtime_tools > _build/plt.log 2>&1 || [ $? = 2 ] || { cat _build/plt.log; exit 1; }
    mv "$plt.new" "$plt"
fi
rm -rf "$ebin"
mkdir -p "$ebin"
erlc +debug_info -o "$ebin" erlang_runtime/src/*.erl
erlc +debug_info -pa "$ebin" -o "$ebin" agents/src/*.erl
dialyzer --plt "$plt" --quiet -Wno_return -Wno_improper_lists "$ebin"/*.beam
