# What Beamtalk needs from the system: how to see whether it is there, and how to get it.
# Sourced by beamtalk, bootstrap.sh, build.sh and .ci/run.

# What the program is built from.
CLI_SOURCES="Beamtalk.Cli Beamtalk.Compiler grammar Directory.Build.props Directory.Packages.props global.json"
RUNTIME_SOURCES="erlang_runtime/src erlang_runtime/include"
STDLIB_SOURCES="stdlib/src stdlib/beamtalk_stdlib.app.src"
AGENTS_SOURCES="agents/src agents/beamtalk_agents.app.src"
SOURCES="$CLI_SOURCES $RUNTIME_SOURCES $STDLIB_SOURCES $AGENTS_SOURCES erlang_tools tools/bootstrap.sh"

# changed_since STAMP PATH...: prints the first source that is newer than the stamp.
changed_since() {
    changed_stamp=$1
    shift
    (cd "$BEAMTALK_HOME" && find "$@" \( -name obj -o -name bin -o -name '.*' \) -prune -o \
        -newer "$changed_stamp" -print -quit 2> /dev/null) || :
}

# Sets DOTNET: the one on PATH, else one in a usual place.
find_dotnet() {
    DOTNET=$(command -v dotnet) && return 0
    for candidate in "${DOTNET_ROOT-}" /usr/share/dotnet /usr/lib/dotnet "${HOME-}/.dotnet"; do
        if [ -x "$candidate/dotnet" ]; then
            DOTNET=$candidate/dotnet
            PATH=$PATH:$candidate
            export PATH
            return 0
        fi
    done
    DOTNET=
    return 1
}

# The name that .NET has for this system.
runtime_identifier() {
    case $(uname -s) in
        Darwin) system=osx ;;
        *) if ls /lib/ld-musl-* > /dev/null 2>&1; then system=linux-musl; else system=linux; fi ;;
    esac
    case $(uname -m) in
        aarch64 | arm64) echo "$system-arm64" ;;
        *) echo "$system-x64" ;;
    esac
}

has() {
    command -v "$1" > /dev/null 2>&1
}

has_library() {
    for found in /lib/*/"$1".* /usr/lib/*/"$1".* /usr/lib/"$1".* /usr/lib64/"$1".* /lib64/"$1".*; do
        [ ! -e "$found" ] || return 0
    done
    return 1
}

has_certificates() {
    [ -n "${SSL_CERT_FILE-}" ] || [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ]
}

# Debian keeps the header files in a package of their own.
has_eunit() {
    [ -n "$(find "$(erlang_lib)"/eunit-*/include -name eunit.hrl 2> /dev/null)" ]
}

has_erlang_application() {
    ls -d "$(erlang_lib)/$1"-* > /dev/null 2>&1
}

erlang_lib() {
    if [ -z "${ERLANG_LIB-}" ] && has erl; then
        ERLANG_LIB=$(erl -noinput -boot no_dot_erlang -eval 'io:put_chars(code:lib_dir()), halt().')
    fi
    printf %s "${ERLANG_LIB-}"
}

# The parser generator comes from npm. Debian's npm conflicts with other builds of Node, so it is
# only asked for where there is no Node at all.
has_npm() {
    has npm || [ -d "$BEAMTALK_HOME/tools/antlr/node_modules/antlr4ng-cli" ]
}

# check NAME PURPOSE APT-PACKAGES TEST...: reports one requirement to the function in $REPORT.
check() {
    check_name=$1 check_purpose=$2 check_packages=$3
    shift 3
    if "$@"; then check_state=yes; else check_state=no; fi
    "$REPORT" "$check_state" "$check_name" "$check_purpose" "$check_packages"
}

# What it takes to run programs, and to build the compiler.
check_build() {
    check ".NET SDK 10" "the compiler" "dotnet-sdk-10.0" find_dotnet
    check "libssl" "packages for .NET" "libssl3" has_library libssl.so
    check "certificates" "packages for .NET" "ca-certificates" has_certificates
    check "Erlang/OTP" "runs programs" "erlang-base erlang-crypto" has erl
    check "erlc" "builds the runtime" "erlang-base" has erlc
    check "Java" "generates the parser" "default-jre-headless" has java
    if has node; then
        check "npm" "fetches the parser generator" "" has_npm
    else
        check "npm" "fetches the parser generator" "nodejs npm" has_npm
    fi
}

# What an installation needs to run programs.
check_installation() {
    if [ ! -e "$BEAMTALK_HOME/cli/System.Private.CoreLib.dll" ]; then
        check ".NET 10" "the compiler" "dotnet-runtime-10.0" find_dotnet
    fi
    check "Erlang/OTP" "runs programs" "erlang-base erlang-crypto" has erl
    check "rebar3" "projects with dependencies" "rebar3" has rebar3
}

# What the tests need besides.
check_tests() {
    check "eunit" "tests of the runtime" "erlang-eunit erlang-dev" has_eunit
    check "common_test" "tests of the runtime" "erlang-common-test" has_erlang_application common_test
    check "ssl" "connections with TLS" "erlang-ssl erlang-public-key" has_erlang_application ssl
    check "mnesia" "the database Mnesia" "erlang-mnesia" has_erlang_application mnesia
    check "proper" "property tests of the runtime" "erlang-proper" has_proper
    check "dialyzer" "lint of the runtime" "erlang-dialyzer" has dialyzer
    check "jiffy" "JSON, three times as fast as without" "erlang-jiffy" has_erlang_application jiffy
    check "PostgreSQL" "tests of stores of memories" "postgresql" has_postgres
    check "p1_pgsql" "stores of memories in PostgreSQL" "erlang-p1-pgsql" has_erlang_application p1_pgsql
    check "Redis" "tests of stores of memories" "redis-server" has redis-server
    check "eredis" "stores of memories in Redis" "erlang-redis-client" has_erlang_application redis_client
    check "elixir" "tests of calls into Elixir" "elixir" has elixir
    check "rebar3" "tests of the plugin" "rebar3" has rebar3
    check "tools" "tests of the plugin" "erlang-tools" has_erlang_application tools
}

check_everything() {
    check_build
    check_tests
}

# Its programs are not on the path.
has_postgres() {
    ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || has initdb
}

has_proper() {
    has_erlang_application proper || ls /usr/lib/erlang/lib/proper-* > /dev/null 2>&1
}

is_debian_root() {
    [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && has apt-get
}

# install_missing CHECKS: installs with apt what CHECKS finds missing, where that is possible.
install_missing() {
    missing= unknown=
    REPORT=collect_missing
    "$1"
    if [ -n "$missing" ] && is_debian_root; then
        echo "beamtalk: installing$missing" >&2
        apt-get update -qq >&2
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null >&2 || :
        hash -r
        missing= unknown=
        "$1"
    fi
    [ -z "$missing$unknown" ] && return 0
    REPORT=explain_missing
    "$1"
    return 1
}

collect_missing() {
    [ "$1" = yes ] && return 0
    if [ -n "$4" ]; then missing="$missing $4"; else unknown="$unknown $2"; fi
}

explain_missing() {
    [ "$1" = yes ] && return 0
    echo "beamtalk: $2 is missing ($3). $(how_to_get "$2" "$4")" >&2
}

how_to_get() {
    case $1 in
        .NET*) echo "See https://dotnet.microsoft.com/download/dotnet/10.0" ;;
        npm) echo "Install the npm that belongs to your Node.js, or remove that Node.js and: apt-get install nodejs npm" ;;
        *) if has brew; then echo "brew install erlang openjdk node"; else echo "As root: apt-get install $2"; fi ;;
    esac
}

doctor_of_installation() {
    doctor_missing=0
    REPORT=show_requirement
    check_installation
    return "$doctor_missing"
}

doctor() {
    doctor_missing=0
    REPORT=show_requirement
    echo "To run and build:"
    check_build
    echo "To run the tests:"
    check_tests
    if [ "$doctor_missing" = 0 ]; then
        echo "Everything is here."
    else
        return 1
    fi
}

show_requirement() {
    if [ "$1" = yes ]; then
        printf '  ok       %-14s %s\n' "$2" "$3"
    else
        doctor_missing=1
        printf '  MISSING  %-14s %s. %s\n' "$2" "$3" "$(how_to_get "$2" "$4")"
    fi
}
