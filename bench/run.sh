#!/bin/sh
# Measures compiled Beamtalk against Erlang written by hand, in one run.
set -eu
cd "$(dirname "$0")/.."
out=_build/bench
mkdir -p "$out"
./beamtalk build bench/programs -o "$out"
erlc -o "$out" bench/baseline/*.erl
exec erl -noinput -boot no_dot_erlang +sbt db -pa _build/lib/beamtalk_runtime/ebin _build/lib/beamtalk_stdlib/ebin "$out" \
    -s bench main
