#!/bin/sh
# Projects as people have them, built with rebar3 and without. Prints a line for each check, and at the end how many
# passed and failed. The compiler is that of BEAMTALK (default: the checkout's).
set -u
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
home=$(CDPATH= cd -- "$here/../.." && pwd -P)
work=$(mktemp -d)
[ -n "${KEEP-}" ] || trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
passed=0
failed=0

# Notes each call of the compiler, so that tests can tell that there was none.
mkdir -p "$work/prefix" "$work/bin"
timeout 300 "$home/tools/install.sh" "$work/prefix" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cat > "$work/bin/beamtalk" <<SCRIPT
#!/bin/sh
echo "\$*" >> "$work/calls"
exec "$work/prefix/bin/beamtalk" "\$@"
SCRIPT
chmod +x "$work/bin/beamtalk"
PATH=$work/prefix/bin:$PATH
NO_COLOR=1
HOME=$work
XDG_CACHE_HOME=$work/cache
export PATH NO_COLOR HOME XDG_CACHE_HOME
unset BEAMTALK_HOME ERL_LIBS RELEASE_NODE RELEASE_COOKIE 2> /dev/null || :

check() {
    name=$1
    shift
    if "$@" > "$work/check.log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        sed 's/^/        /' "$work/check.log" | tail -n 15
        [ ! -f "$work/log" ] || sed 's/^/        | /' "$work/log" | tail -n 25
    fi
}

# run COMMAND...: its output is in $work/log for the next checks; answers its status.
run() { timeout 180 "$@" > "$work/log" 2>&1 < /dev/null; }
prints() { grep -qF -- "$1" "$work/log"; }
silent() { ! prints "$1"; }
is() { [ "$1" = "$2" ] || { echo "expected $2, got $1"; return 1; }; }
fails() { ! run "$@"; }

# types TEXT COMMAND...: with this text as its standard input.
types() {
    text=$1
    shift
    printf '%s\n' "$text" | timeout 180 "$@" > "$work/log" 2>&1
}

# at_terminal PROMPT TEXT COMMAND...: types the text when the prompt is there, and after its answer Ctrl-D.
at_terminal() {
    prompt=$1
    text=$2
    shift 2
    : > "$work/log"
    {
        wait_for "$prompt" "$work/log"
        sleep 1
        printf '%s\r' "$text"
        sleep 5
        printf '\004'
        sleep 2
    } | timeout 180 script -qefc "$*" /dev/null > "$work/log" 2>&1
}

# wait_for TEXT FILE: until it is there.
wait_for() {
    tries=600
    until grep -qF -- "$1" "$2"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}

# What runs in the background has five minutes; a TERM is passed on.
bounded="timeout --foreground -k 10 300"

# ends PID: the status of this process of ours, which has a minute to end.
ends() {
    (sleep 60; kill -TERM "$1"; sleep 20; kill -KILL "$1") > /dev/null 2>&1 &
    watchdog=$!
    wait "$1"
    status=$?
    kill $watchdog 2> /dev/null
    return $status
}

### An existing project gains a class in the three steps of the README.
usual() {
    cp -R "$here/usual" "$work/usual" && cd "$work/usual" || exit 1
    check "its own tests pass before" run rebar3 eunit
    check "step 1: beamtalk init" run beamtalk init
    cp "$here/added/counter.bt" src/
    check "step 2: a .bt file beside the .erl files compiles" run rebar3 compile
    check "its modules are in the .app" grep -q "'bt.shop.Counter 1'" _build/default/lib/shop/ebin/shop.app
    cp "$here/added/counter_tests.erl" test/
    BEAMTALK=$work/bin/beamtalk
    export BEAMTALK
    printf '{beamtalk, [{compiler, "%s"}]}.\n' "$BEAMTALK" >> rebar.config
    check "step 3: its tests and new ones pass" run rebar3 eunit --cover
    check "the report of lines has the class" run rebar3 cover --verbose
    check "with the lines that were not reached" prints "bt.shop.Counter 1  |       75%"
    cp "$here/added/counter_SUITE.erl" test/
    check "Common Test calls classes" run rebar3 ct
    # Without what it could know of OTP, which takes minutes to learn: that it reads the modules is the point.
    check "Dialyzer reads classes" run dialyzer --build_plt --output_plt "$work/shop.plt" \
        -pa "$work/prefix/lib/beamtalk/lib/beamtalk_runtime/ebin" _build/default/lib/shop/ebin/*.beam
    check "and what they call" prints "(counter.bt:4)"
    check "rebar3 compile again" run rebar3 compile
    rm -f "$work/calls"
    check "without changes" run rebar3 compile
    check "starts no compiler" test ! -e "$work/calls"
    printf 'Object subclass: Bad\n  class go => nme size\n' > src/bad.bt
    check "an error fails the build" fails rebar3 compile
    check "and names the file" prints "Compiling src/bad.bt failed"
    check "and the place" prints "src/bad.bt:2:15: error BT3001: nme is not defined"
    check "and marks it" prints "  2 |   class go => nme size"
    rm src/bad.bt
    check "the next build is good again" run rebar3 compile
    reload
    check "a class that is gone takes its modules along" removed
    check "rebar3 clean" run rebar3 clean
    printf 'Agent subclass: Helper\n  model: #gpt4o\n' > src/helper.bt
    check "a class of an application that is not named compiles" run rebar3 compile
    check "with a warning" prints "shop uses Agent of beamtalk_agents"
    sed -i 's/beamtalk_stdlib/beamtalk_stdlib, beamtalk_agents/' src/shop.app.src
    touch src/helper.bt
    check "named, it compiles" run rebar3 compile
    check "without one" silent "shop uses"
    check "rebar3 clean again" run rebar3 clean
    check "takes the modules away" test ! -e "_build/default/lib/shop/ebin/bt.shop.Counter.beam"
    unset BEAMTALK
}

removed() {
    printf 'Object subclass: Gone\n  class go => 1\n' > src/gone.bt
    run rebar3 compile && test -e _build/default/lib/shop/ebin/bt.shop.Gone.beam || return 1
    rm src/gone.bt
    run rebar3 compile && test ! -e _build/default/lib/shop/ebin/bt.shop.Gone.beam
}

### In rebar3's shell a changed class is loaded into its running actors.
reload() {
    mkfifo "$work/input"
    # For reading, too: that does not wait for somebody who reads.
    exec 3<> "$work/input"
    $bounded rebar3 shell < "$work/input" > "$work/log" 2>&1 &
    shell=$!
    check "rebar3 shell boots the application" wait_for "Booted shop" "$work/log"
    echo '{ok, C} = '"'bt.shop.Counter'"':start_link(), bt_actor:cast(C, bump, []).' >&3
    echo 'io:format("first ~p~n", [bt_actor:call(C, value, [])]).' >&3
    check "an actor runs" wait_for "first 1" "$work/log"
    sed -i 's/+= 1/+= 100/' src/counter.bt
    # Rebar3 goes on reloading for a moment after it has answered.
    echo 'r3:compile(), timer:sleep(3000), _ = sys:get_state(bt_load), _ = bt_actor:call(C, bump, []), io:format("then ~p~n", [bt_actor:call(C, value, [])]).' >&3
    check "r3:compile() changes it, with its state" wait_for "then 101" "$work/log"
    echo 'halt().' >&3
    exec 3>&-
    check "the shell ends" ends "$shell"
    rm -f "$work/log"
    cp "$here/added/counter.bt" src/
}

### Several applications, a dependency with classes in _checkouts, extensions, an escript, a release.
umbrella() {
    cp -R "$here/umbrella" "$work/umbrella" && cd "$work/umbrella" || exit 1
    check "init in an umbrella" run beamtalk init
    check "applications compile after those they need" run rebar3 compile
    check "extensions of dependencies are known" silent warning
    check "escriptize" run rebar3 escriptize
    check "an escript has classes and run time in it" run env -u BEAMTALK PATH=/usr/bin:/bin _build/default/bin/front
    check "and extensions take effect" prints "area 9 6"
    check "rebar3 release" run rebar3 release
    check "has the run time" test -d _build/default/rel/umb/lib/beamtalk_runtime-0.1.0
    check "beamtalk goes on with what rebar3 has built" run beamtalk eval 'Front show'
    check "with the same result" prints '"area 9 6"'
}

### A new project, without rebar3.
project() {
    cd "$work" || exit 1
    check "a name that cannot be one is refused" fails beamtalk new Shop-1
    check "new" run beamtalk new tea
    cd tea || exit 1
    check "build" run beamtalk build
    check "test" run beamtalk test
    check "its tests pass" prints "2 passed, 0 failed"
    check "test --cover" run beamtalk test --cover
    check "says which lines ran" prints "4 of 4 lines"
    check "and which did not" grep -q "DA:3,0" _build/cover/lcov.info
    printf 'String >> shout => self uppercase , "!"\n' > src/text.bt
    printf 'TestCase subclass: TextTest\n  testShouts => self assert: "a" shout equals: "A!"\n' > test/text_test.bt
    check "extensions of the project are there in tests" run beamtalk test
    check "and pass" prints "3 passed, 0 failed"
    printf 'Agent subclass: Helper\n  model: #gpt4o\n' > src/helper.bt
    check "a release without an application that it needs is refused" fails beamtalk release
    check "and says which" prints "tea uses Agent of beamtalk_agents, which is not among its applications"
    rm src/helper.bt
    check "release" run beamtalk release --tar
    release "$work/tea/_build/release/tea"
    check "rebar3 builds it as well" rebar3_too
}

### What rebar3 makes of the templates, and what the plugin's own commands do.
templates() {
    mkdir -p "$work/.config/rebar3/templates" && cd "$work" || exit 1
    ln -s "$home"/rebar3_beamtalk/priv/templates/* "$work/.config/rebar3/templates/"
    for kind in app lib; do
        cd "$work" || exit 1
        check "rebar3 new beamtalk_$kind" run rebar3 new "beamtalk_$kind" "name=made_$kind"
        cd "made_$kind" || continue
        check "gets the plugin by beamtalk init" run beamtalk init
        check "compiles" run rebar3 compile
        check "without a warning" silent arning
        check "rebar3 beamtalk test" run rebar3 beamtalk test
        check "and its tests pass" prints " 0 failed"
    done
    cd "$work/made_app" || return
    check "rebar3 beamtalk repl" at_terminal 'bt> ' '(Greeter spawn) greet: "Ann"' rebar3 beamtalk repl
    check "knows the project's classes" prints '"Hello, Ann!"'
    check "rebar3 beamtalk new" run rebar3 beamtalk new inner
    check "makes a project" test -s inner/src/inner.app.src
}

rebar3_too() {
    run rebar3 compile && run rebar3 beamtalk test && prints "3 passed, 0 failed"
}

release() {
    bin=$1/bin/tea
    check "the archive has it" test -s "$1/../tea-0.1.0.tar.gz"
    check "start" run "$bin" start
    check "ping" run "$bin" ping
    check "rpc" run "$bin" rpc 'element(1, lists:keyfind(tea, 1, application:which_applications()))'
    check "the application runs" prints tea
    check "eval in Beamtalk" run "$bin" eval '(Actor named: #greeter) greet: "Ann" shout'
    check "with actors and extensions of the release" prints '"Hello, ANN!!"'
    check "a second start is refused" fails "$bin" start
    check "remote" types '(Actor named: #greeter) greet: "Zoe"' "$bin" remote
    check "is the Beamtalk REPL inside" prints '"Hello, Zoe!"'
    check "which leaves it running" run "$bin" ping
    check "a console beside it is refused" fails "$bin" console
    pid=$(timeout 60 "$bin" pid)
    check "a node that only this machine reaches" loopback_only "$pid"
    check "stop" run "$bin" stop
    check "ends the process" is "$(kill -0 "$pid" 2> /dev/null; echo $?)" 1
    $bounded "$bin" foreground > "$work/log" 2>&1 &
    node=$!
    check "in the foreground" wait_for_node "$bin"
    kill -TERM "$node"
    ends "$node"
    check "SIGTERM ends it in order" is $? 0
    check "console" types '(Actor named: #greeter) greet: "Eve"' "$bin" console
    check "is the Beamtalk REPL of a node of its own" prints '"Hello, Eve!"'
    check "which ends with it" fails "$bin" ping
    check "without beamtalk it is Erlang's shell" types 'halt().' env -u BEAMTALK PATH=/usr/bin:/bin "$bin" console
    check "and says so" prints "there is no beamtalk on PATH"
}

loopback_only() {
    ! grep -E " 00000000:[0-9A-F]{4} 00000000:0000 0A | 0{32}:[0-9A-F]{4} 0{32}:0000 0A " \
        "/proc/$1/net/tcp" 2> /dev/null | grep -qF " $(id -u) " || own_sockets "$1"
}

# Listening sockets on all interfaces that belong to the process itself.
own_sockets() {
    inodes=$(ls -l "/proc/$1/fd" 2> /dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p')
    for inode in $inodes; do
        ! grep -E " 00000000:[0-9A-F]{4} 00000000:0000 0A .* $inode " "/proc/$1/net/tcp" || return 1
    done
}

# Its applications have started: a SIGTERM between the node's first answer and then is lost, for OTP listens to
# signals only after it listens to other nodes.
wait_for_node() {
    deadline=$(($(date +%s) + 60))
    until timeout 20 "$1" rpc 'element(1, init:get_status())' 2> /dev/null | grep -q started; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

only=${1-usual umbrella project templates}
for part in $only; do
    $part
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
