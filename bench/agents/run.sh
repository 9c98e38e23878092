#!/bin/sh
# Agents against a server of models that takes 200 ms for each answer, in a process of its own. Argument: how many agents.
# Each has one connection in flight, at both ends; connections that wait for the next request are at most 5000 more. So
# each of the two processes needs as many open files as there are agents, and 6000 besides: 16000 for 10000 agents.
set -eu
cd "$(dirname "$0")/../.."
count=${1:-10000}
files=$((count + 6000))
if ! ulimit -n "$files" 2> /dev/null; then
    echo "run.sh: $count agents need $files open files, the limit is $(ulimit -H -n): raise it with ulimit -H -n" >&2
    exit 1
fi
out=_build/bench
mkdir -p "$out"
erlc -o "$out" bench/baseline/bare_httpc.erl
urls=$(mktemp)
setsid ./beamtalk run bench/agents/server.bt > "$urls" &
server=$!
trap 'kill -TERM -$server 2> /dev/null; rm -f "$urls"' EXIT INT TERM
while [ "$(wc -l < "$urls")" -lt 2 ]; do sleep 0.1; done
echo "open files: $files"
ERL_FLAGS="-pa $PWD/$out" ./beamtalk run bench/agents/client.bt "$(sed -n 1p "$urls")" "$count" "$(sed -n 2p "$urls")"
