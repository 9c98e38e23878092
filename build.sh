#!/bin/sh
# ./build.sh [TARGET]: Build (the default), Test, Bench, Lint, Soak, Mutants, Package; `test` is `Test`.
# ./build.sh install [PREFIX]: builds, and puts a beamtalk that does not need the checkout into PREFIX/bin (of root
# /usr/local, else ~/.local). ./build.sh package: an archive that needs nothing but Erlang.
set -eu

BEAMTALK_HOME=$(cd "$(dirname "$0")" && pwd -P)
export BEAMTALK_HOME DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cd "$BEAMTALK_HOME"
. tools/requirements.sh

target=${1:-Build}
[ $# = 0 ] || shift

checks=check_build
case $target in
    [Tt]est | [Ss]oak | [Mm]utants | [Ll]int) checks=check_everything ;;
esac
install_missing $checks || exit 2
find_dotnet

case $target in
    [Ii]nstall) ./beamtalk version > /dev/null && exec tools/install.sh "$@" ;;
    [Pp]ackage) ./beamtalk version > /dev/null && exec tools/package.sh ;;
esac

"$DOTNET" tool restore > /dev/null
mkdir -p _build
rm -f _build/counts
status=0
"$DOTNET" cake build.cake --target="$target" --verbosity=normal "$@" || status=$?

# Cake closes with a table of its own; the line that counts comes after it.
[ ! -f _build/counts ] || cat _build/counts
exit $status
