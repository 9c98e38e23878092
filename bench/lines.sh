#!/bin/sh
# Reads the lines of a file of 100 MB (or so many as are asked for): Erlang's file:read_line with read_ahead, and
# Beamtalk's ways. Memory is what the node has in use at the end of each.
set -eu
cd "$(dirname "$0")/.."
megabytes=${1:-100}
file=_build/bench/lines.txt
mkdir -p _build/bench
line='2026-11-21T02:59:07Z 10.0.3.7 GET /items/17/reviews 503 5120 33 agent'
yes "$line" | head -c "$((megabytes * 1000000))" > "$file"
exec ./beamtalk run bench/lines.bt "$file"
