#!/bin/sh
# Builds what has changed of compiler, runtime and standard library into _build. One at a time: whoever
# comes second waits and then finds the work done.
set -eu

BEAMTALK_HOME=${BEAMTALK_HOME:-$(cd "$(dirname "$0")/.." && pwd -P)}
export BEAMTALK_HOME DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
. "$BEAMTALK_HOME/tools/requirements.sh"
cd "$BEAMTALK_HOME"
mkdir -p _build/stamps

exec 9> _build/lock
if has flock; then
    flock 9
fi

say() {
    echo "beamtalk: $*" >&2
}

# run_logged NAME COMMAND...: shows the output only if the command fails.
run_logged() {
    log=_build/$1.log
    shift
    if ! "$@" > "$log" 2>&1 9>&-; then
        cat "$log" >&2
        say "the build failed (its output is in $BEAMTALK_HOME/$log)"
        exit 2
    fi
}

# needs PART SOURCES...: the part was never built, or its sources are newer than its stamp.
needs() {
    part=$1
    shift
    [ ! -f "_build/stamps/$part" ] || [ -n "$(changed_since "_build/stamps/$part" "$@")" ]
}

# The stamp carries the time at which the build began: what changes meanwhile is built again.
built() {
    mv "_build/stamps/$1.new" "_build/stamps/$1"
}

begin() {
    : > "_build/stamps/$1.new"
}

# Each build has a directory of its own: those who still run the last one are not disturbed.
build_cli() {
    say "building the compiler"
    directory=_build/cli/$(date +%s)-$$
    echo "$directory" > _build/stamps/cli.new
    run_logged cli "$DOTNET" publish Beamtalk.Cli -c Release -r "$(runtime_identifier)" --self-contained false \
        -p:PublishReadyToRun=true -p:DebugType=none -o "$directory"
    for old in _build/cli/*; do
        case $old in
            "$directory" | "$(cli_directory)") ;;
            *) rm -rf "$old" ;;
        esac
    done
    rm -f _build/stamps/stdlib _build/stamps/agents
    built cli
}

cli_directory() {
    cat _build/stamps/cli 2> /dev/null || :
}

# erlang_application NAME DIRECTORY: compiles the sources of an application, all or nothing.
erlang_application() {
    target=_build/lib/$1/ebin
    rm -rf "$target.new"
    mkdir -p "$target.new"
    run_logged "$1" erlc +debug_info +warnings_as_errors -I "$2/include" -o "$target.new" "$2"/src/*.erl
    application_file "$2/src/$1.app.src" "$target.new"
    rm -rf "$target.old"
    [ ! -d "$target" ] || mv "$target" "$target.old"
    mv "$target.new" "$target"
    rm -rf "$target.old"
    if [ -d "$2/priv" ]; then
        rm -rf "${target%/ebin}/priv"
        cp -R "$2/priv" "${target%/ebin}/priv"
    fi
}

# application_file SOURCE EBIN: writes the .app with the modules that are there; releases load those it lists.
application_file() {
    modules=$(cd "$2" && printf '%s\n' *.beam | sed "s/\.beam$//; s/.*/'&'/" | paste -sd, -)
    name=${1##*/}
    sed "s/{modules, \[\]}/{modules, [$modules]}/" "$1" > "$2/.${name%.src}"
    mv "$2/.${name%.src}" "$2/${name%.src}"
}

build_runtime() {
    say "building the runtime"
    begin runtime
    erlang_application beamtalk_runtime erlang_runtime
    rm -f _build/stamps/stdlib _build/stamps/agents
    built runtime
}

build_tools() {
    begin tools
    erlang_application beamtalk_tools erlang_tools
    built tools
}

build_stdlib() {
    say "building the standard library"
    begin stdlib
    "$DOTNET" "$(cli_directory)/beamtalk-cli.dll" build stdlib/src --package stdlib \
        -o _build/lib/beamtalk_stdlib/ebin >&2 9>&- || exit 2
    application_file stdlib/beamtalk_stdlib.app.src _build/lib/beamtalk_stdlib/ebin
    rm -f _build/stamps/agents
    built stdlib
}

# The agent library: Beamtalk and some Erlang in one application.
build_agents() {
    say "building the agent library"
    begin agents
    ebin=_build/lib/beamtalk_agents/ebin
    "$DOTNET" "$(cli_directory)/beamtalk-cli.dll" build agents/src --package agents -o "$ebin" >&2 9>&- || exit 2
    run_logged agents erlc +debug_info +warnings_as_errors -pa _build/lib/beamtalk_runtime/ebin -pa "$ebin" -o "$ebin" agents/src/*.erl
    application_file agents/beamtalk_agents.app.src "$ebin"
    built agents
}

install_missing check_build || exit 2
find_dotnet
# Where dotnet would make these later, their parents would look as if a source had gone.
mkdir -p Beamtalk.Cli/bin Beamtalk.Cli/obj Beamtalk.Compiler/bin Beamtalk.Compiler/obj
: > _build/stamp.new
# shellcheck disable=SC2086
if needs cli $CLI_SOURCES tools/bootstrap.sh || [ ! -f "$(cli_directory)/beamtalk-cli.dll" ]; then build_cli; fi
# shellcheck disable=SC2086
if needs runtime $RUNTIME_SOURCES; then build_runtime; fi
# shellcheck disable=SC2086
if needs stdlib $STDLIB_SOURCES; then build_stdlib; fi
# shellcheck disable=SC2086
if needs agents $AGENTS_SOURCES; then build_agents; fi
if needs tools erlang_tools; then build_tools; fi
echo "$(cli_directory)/beamtalk-cli.dll" > _build/stamp.text
touch -r _build/stamp.new _build/stamp.text
mv _build/stamp.text _build/stamp
rm -f _build/stamp.new
