#!/bin/sh
# Millions of sends, futures and block activations; fails if memory grows. An argument sets how many of each.
set -eu
cd "$(dirname "$0")/.."
exec ./beamtalk run bench/soak.bt "${1:-10000000}"
