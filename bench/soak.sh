#!/bin/sh
# Millions of sends, futures and block activations, an HttpServer under load, a log of 100 MB read in constant memory,
# 200 turns of agents and 100 runs of chains in a node that is killed again and again, the providers' own SDKs (from npm)
# against the fake server of models, then thousands of loads of a class whose actors are being called; fails if memory
# grows, an answer is wrong or a message is lost. Arguments: how many of each, how many loads, and the seed of the kills.
set -eu
cd "$(dirname "$0")/.."
./beamtalk run bench/soak.bt "${1:-10000000}"
./beamtalk run bench/network.bt
./beamtalk run examples/log_analyser.bt 100
seed=${3:-$(date +%s)}
./beamtalk run bench/recovery/kills.bt 200 "$seed"
./beamtalk run bench/recovery/kills.bt chains 100 "$seed"
npm --prefix tests/agents-sdk ci --silent --ignore-scripts
node tests/agents-sdk/check.mjs

out=_build/bench
for version in one two; do
    ./beamtalk build "bench/reload/$version" -o "$out/$version"
done
erlc -o "$out" bench/reload/reload_soak.erl
exec erl -noinput -boot no_dot_erlang +sbt db -pa _build/lib/beamtalk_runtime/ebin _build/lib/beamtalk_stdlib/ebin "$out" \
    -eval "reload_soak:main([\"${2:-10000}\", \"$out/one\", \"$out/two\"])"
