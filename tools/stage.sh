#!/bin/sh
# tools/stage.sh TARGET CLI: makes the directory of an installation with the compiler that was published to CLI.
set -eu
target=$1
cli=$2
mkdir -p "$target/bin" "$target/tools"
cp -Rp "$cli" "$target/cli"
cp -Rp _build/lib "$target/lib"
cp -Rp rebar3_beamtalk "$target/rebar3_beamtalk"
rm -rf "$target"/lib/*/ebin.new "$target"/lib/*/ebin.old "$target/rebar3_beamtalk/_build" "$target/rebar3_beamtalk/ebin"
cp -p tools/requirements.sh "$target/tools/"
cp -p LICENSE README.md "$target/"
cp tools/launcher.sh "$target/bin/beamtalk"
chmod 755 "$target/bin/beamtalk"
