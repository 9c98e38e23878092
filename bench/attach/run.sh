#!/bin/sh
# The 99th percentile of a system's calls with an attached session that works, and without one.
#
#     bench/attach/run.sh [PAIRS-OF-WINDOWS] [SECONDS-BETWEEN-ROUNDS]
#
# A round is three inputs: one evaluates, one inspects a busy process, one patches a class.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node=attach-bench-$$@127.0.0.1
export BEAMTALK_COOKIE
BEAMTALK_COOKIE=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

printf 'Actor subclass: Till\n  state: coins = 3\n  coins => self.coins\n' > "$work/till.bt"
"$root/beamtalk" build "$work/till.bt" -o "$work/ebin"
erlc -o "$work" "$root/bench/attach/attach_bench.erl"
mkdir "$work/home"
printf %s "$BEAMTALK_COOKIE" > "$work/home/.erlang.cookie"
chmod 400 "$work/home/.erlang.cookie"
echo off > "$work/switch"

HOME=$work/home ERL_EPMD_ADDRESS=127.0.0.1 erl -noinput -name "$node" \
    -kernel inet_dist_use_interface '{127,0,0,1}' \
    -pa "$root/_build/lib/beamtalk_runtime/ebin" "$root/_build/lib/beamtalk_stdlib/ebin" "$work/ebin" "$work" \
    -s attach_bench main -extra "$work/switch" "${1:-15}" > "$work/result" &
system=$!
until grep -q ready "$work/result"; do sleep 0.1; done

# Whoever attaches sits at another machine, as a rule: here it at least steps back.
while kill -0 $system 2> /dev/null; do
    if grep -q on "$work/switch"; then
        echo '(1 to: 100) inject: 0 into: [:a :b | a + b]'
        echo "(Erlang erlang whereis: #busy) inspect"
        echo 'Till compile: "coins => self.coins + 1"'
        sleep "${2:-1}"
    else
        sleep 0.02
    fi
done | nice -n 19 "$root/beamtalk" attach "$node" > "$work/session" 2> "$work/errors" || true
wait $system
grep -c '#coins' "$work/session" | sed 's/$/ patches were made/'
grep p99 "$work/result"
