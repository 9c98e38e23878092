#!/bin/sh
# Plants the bugs of tests/mutants into a copy of the compiler, one at a time, and looks whether the metamorphic tests
# find each. METAMORPHIC_BATCHES says how long they search (10 fragments a batch). A bug that makes a fragment run for
# ever is found by the time limit (MUTANTS_SECONDS, on a machine that has other things to do). Arguments choose
# bugs by the numbers that their names begin with.
set -eu

home=$(cd "$(dirname "$0")/.." && pwd -P)
copy=$home/_build/mutants
tests=tests/Beamtalk.Metamorphic
export METAMORPHIC_BATCHES="${METAMORPHIC_BATCHES:-12}"
LIMIT=${MUTANTS_SECONDS:-$((120 + 30 * METAMORPHIC_BATCHES))}

rm -rf "$copy"
mkdir -p "$copy/tests" "$copy/_build" "$copy/tools"
cd "$home"
cp -R Beamtalk.Compiler Beamtalk.Cli grammar erlang_runtime Directory.Build.props Directory.Packages.props global.json \
    "$copy/"
cp -R "$tests" "$copy/tests/"
cp -R tools/antlr "$copy/tools/"
cp -R _build/lib "$copy/_build/"
for optional in .editorconfig NuGet.config nuget.config tests/Directory.Build.props BannedSymbols.txt; do
    [ ! -e "$optional" ] || cp "$optional" "$copy/$optional"
done

caught=0
missed=0
cd "$copy"

# The search itself has to be silent without a planted bug, else it proves nothing.
search() {
    dotnet build "$tests" --nologo -v q > build.log 2>&1 || { cat build.log; return 2; }
    timeout -k 10 "$LIMIT" dotnet test "$tests" --no-build --nologo --filter Name~Fragments_do > search.log 2>&1
}

search || { echo "the metamorphic tests fail without any planted bug:"; cat search.log; exit 1; }

chosen() {
    [ "$#" -gt 1 ] || return 0
    name_of_bug=$1
    shift
    for number; do
        case $name_of_bug in "$number"*) return 0 ;; esac
    done
    return 1
}

for bug in "$home"/tests/mutants/*.patch; do
    name=$(basename "$bug" .patch)
    chosen "$name" "$@" || continue
    patch -s -p1 < "$bug"
    status=0
    search || status=$?
    case $status in
        0) missed=$((missed + 1)); echo "missed  $name" ;;
        2) echo "the planted bug $name does not compile"; exit 1 ;;
        124 | 137) caught=$((caught + 1)); echo "caught  $name (it does not end)" ;;
        *) caught=$((caught + 1))
           echo "caught  $name ($(grep -c '^  Failed Fragments_do' search.log) of $METAMORPHIC_BATCHES batches)" ;;
    esac
    patch -s -R -p1 < "$bug"
done
echo "$caught caught, $missed missed"
[ "$missed" -eq 0 ]
