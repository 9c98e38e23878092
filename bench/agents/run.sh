#!/bin/sh
# Agents against a server of models that takes 200 ms for each answer, in a process of its own. Argument: how many agents.
# Each needs a connection or two at both ends: the limit of open files must be above four times their number.
set -eu
cd "$(dirname "$0")/../.."
count=${1:-10000}
ulimit -n "$(ulimit -H -n)"
urls=$(mktemp)
setsid ./beamtalk run bench/agents/server.bt > "$urls" &
server=$!
trap 'kill -TERM -$server 2> /dev/null; rm -f "$urls"' EXIT INT TERM
while [ ! -s "$urls" ]; do sleep 0.1; done
./beamtalk run bench/agents/client.bt "$(head -n 1 "$urls")" "$count"
