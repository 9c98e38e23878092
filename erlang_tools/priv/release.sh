#!/bin/sh
# Starts, stops and looks into @NAME@. `@NAME@ help` says how.
set -eu

self=$0
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in
        /*) self=$link ;;
        *) self=${self%/*}/$link ;;
    esac
done
ROOT=$(CDPATH= cd -- "$(dirname -- "$self")/.." && pwd -P)
NAME=@NAME@
VERSION=@VERSION@
RELEASE=$ROOT/releases/$VERSION
LOGS=${RELEASE_LOG_DIR-$ROOT/log}
PIPES=${RELEASE_TMP_DIR-$ROOT/tmp}/

# The emulator of the release, else that of the machine.
if [ -x "$ROOT/erts-@ERTS@/bin/erlexec" ]; then
    ROOTDIR=$ROOT
    BINDIR=$ROOT/erts-@ERTS@/bin
elif command -v erl > /dev/null 2>&1; then
    ROOTDIR=$(erl -noinput -boot no_dot_erlang -eval 'io:put_chars(code:root_dir()), halt().')
    BINDIR=$(ls -d "$ROOTDIR"/erts-*/bin | tail -n 1)
else
    echo "$NAME: there is no Erlang: neither in $ROOT nor on PATH" >&2
    exit 1
fi
EMU=beam
PROGNAME=$NAME
: "${HOME:=$ROOT}"
export ROOTDIR BINDIR EMU PROGNAME HOME

# Nobody outside of this machine can reach the node, unless it is given a name that says otherwise.
if [ -n "${RELEASE_NODE-}" ]; then
    NODE=$RELEASE_NODE
    INTERFACE=
else
    NODE=$NAME@127.0.0.1
    INTERFACE='-kernel inet_dist_use_interface {127,0,0,1}'
    ERL_EPMD_ADDRESS=127.0.0.1
    export ERL_EPMD_ADDRESS
fi
case $NODE in
    *@*.*) naming=-name ;;
    *) naming=-sname ;;
esac

# A cookie from the environment goes into the node as such, and to erl_call in a file: arguments are
# visible to everybody.
CALL_HOME=$HOME
SET_COOKIE=
if [ -n "${RELEASE_COOKIE-}" ]; then
    CALL_HOME=${PIPES}cookie
    (umask 077 && mkdir -p "$CALL_HOME" && rm -f "$CALL_HOME/.erlang.cookie" &&
        printf %s "$RELEASE_COOKIE" > "$CALL_HOME/.erlang.cookie" && chmod 400 "$CALL_HOME/.erlang.cookie")
    SET_COOKIE='erlang:set_cookie(list_to_atom(os:getenv("RELEASE_COOKIE")))'
fi

# node FLAG...: becomes the node that runs the release.
node() {
    # shellcheck disable=SC2086
    exec "$BINDIR/erlexec" "$@" -boot "$RELEASE/$NAME" -boot_var BT_ROOT "$ROOT" -mode embedded \
        -config "$RELEASE/sys" -args_file "$RELEASE/vm.args" $naming "$NODE" $INTERFACE \
        -start_epmd true ${SET_COOKIE:+-eval "$SET_COOKIE"} -extra $EXTRA
}
EXTRA=

# call CODE: the value of an Erlang expression in the running node.
call() {
    printf '%s.\n' "${1%.}" | HOME=$CALL_HOME "$BINDIR/erl_call" "$naming" "$NODE" -timeout 10 -e 2> /dev/null |
        sed 's/^{ok, \(.*\)}$/\1/'
    echo
}

is_up() {
    [ "$(call up)" = up ]
}

# Its applications have started.
is_ready() {
    [ "$(call 'element(1, init:get_status())')" = started ]
}

require_up() {
    is_up || { echo "$NAME: $NODE is not running, or has another cookie" >&2; exit 1; }
}

# wait_until SECONDS COMMAND...
wait_until() {
    tries=$(($1 * 10))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}

start() {
    if is_up; then
        echo "$NAME: $NODE is running already" >&2
        exit 1
    fi
    mkdir -p "$LOGS" "$PIPES"
    "$BINDIR/run_erl" -daemon "$PIPES" "$LOGS" "exec '$ROOT/bin/$NAME' foreground"
    wait_until 60 is_ready || { echo "$NAME: it does not come up; see $LOGS" >&2; exit 1; }
}

is_gone() {
    ! kill -0 "$1" 2> /dev/null
}

# In order: the applications end, and their supervisors end their children.
stop() {
    require_up
    pid=$(pid)
    call 'init:stop()' > /dev/null
    wait_until "${RELEASE_STOP_SECONDS-60}" is_gone "$pid" ||
        { echo "$NAME: process $pid has not ended" >&2; exit 1; }
}

pid() {
    call 'list_to_integer(os:getpid())'
}

# The compiler is not part of a release: what is typed is compiled here, and runs there.
beamtalk_command() {
    BEAMTALK=${BEAMTALK-$(command -v beamtalk || :)}
    [ -n "$BEAMTALK" ]
}

remote() {
    require_up
    if beamtalk_command; then
        exec "$BEAMTALK" attach "$NODE" "$@"
    fi
    echo "$NAME: there is no beamtalk on PATH (nor in BEAMTALK): this is Erlang's shell" >&2
    exec "$BINDIR/erlexec" -boot "$ROOT/bin/start_clean" -hidden "$naming" "$NAME-remote-$$@${NODE#*@}" \
        $INTERFACE -remsh "$NODE"
}

# The node runs as a child of this shell, which Ctrl-C at the REPL does not concern, and ends with it.
console() {
    if ! beamtalk_command; then
        echo "$NAME: there is no beamtalk on PATH (nor in BEAMTALK): this is Erlang's shell" >&2
        node
    fi
    if is_up; then
        echo "$NAME: $NODE is running already; see remote" >&2
        exit 1
    fi
    mkdir -p "$LOGS"
    (node -noshell -noinput +Bi) < /dev/null > "$LOGS/console.log" 2>&1 &
    child=$!
    trap 'end_child' EXIT
    trap : INT
    trap 'exit 129' HUP
    trap 'exit 143' TERM
    wait_until 60 is_ready_or_gone || { echo "$NAME: it does not come up; see $LOGS/console.log" >&2; exit 1; }
    if is_gone "$child"; then
        echo "$NAME: it has ended; see $LOGS/console.log" >&2
        exit 1
    fi
    "$BEAMTALK" attach "$NODE"
}

is_ready_or_gone() {
    is_gone "$child" || is_ready
}

end_child() {
    kill -TERM "$child" 2> /dev/null || return 0
    wait_until "${RELEASE_STOP_SECONDS-60}" is_gone "$child" || kill -KILL "$child"
}

help() {
    cat <<TEXT
Usage: $NAME COMMAND

  foreground   run here, until SIGTERM or Ctrl-C; for containers and systemd
  console      run here, with the Beamtalk REPL; the output goes to $LOGS/console.log
  start        run in the background; the output goes to $LOGS
  stop         end it, in order
  restart      stop, start
  remote       the Beamtalk REPL, inside the running system
  eval EXPR    the value of a Beamtalk expression there
  rpc EXPR     the value of an Erlang expression there
  pid, ping    its process number; whether it runs
  version

RELEASE_NODE names the node (now $NODE). A name without 127.0.0.1 opens it to other machines.
TEXT
}

command=${1-help}
[ $# = 0 ] || shift
case $command in
    foreground) EXTRA="$*"; node -noshell -noinput +Bd ;;
    console) EXTRA="$*"; console ;;
    start) start ;;
    stop) stop ;;
    restart) stop; start ;;
    remote | attach) remote ;;
    eval)
        require_up
        beamtalk_command || { echo "$NAME: eval needs beamtalk on PATH, or in BEAMTALK; see also rpc" >&2; exit 1; }
        exec "$BEAMTALK" eval "$1" --node "$NODE"
        ;;
    rpc) require_up; call "$1" ;;
    pid) require_up; pid ;;
    ping) if is_up; then echo pong; else echo pang; exit 1; fi ;;
    version | --version) echo "$NAME $VERSION" ;;
    help | --help | -h) help ;;
    *) echo "$NAME: no such command: $command" >&2; help >&2; exit 2 ;;
esac
