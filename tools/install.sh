#!/bin/sh
# tools/install.sh PREFIX: puts what was built into PREFIX/lib/beamtalk, and the command into PREFIX/bin. Nothing of it
# needs the checkout afterwards. What is there of another version is replaced at once.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" = 0 ]; then default=/usr/local; else default=$HOME/.local; fi
prefix=${1:-$default}
mkdir -p "$prefix/lib" "$prefix/bin"
prefix=$(CDPATH= cd -- "$prefix" && pwd -P)
home=$prefix/lib/beamtalk

rm -rf "$home.new"
sh tools/stage.sh "$home.new" "$(dirname "$(cat _build/stamp)")"
rm -rf "$home.old"
[ ! -e "$home" ] || mv "$home" "$home.old"
mv "$home.new" "$home"
rm -rf "$home.old"
ln -sfn ../lib/beamtalk/bin/beamtalk "$prefix/bin/beamtalk"

echo "beamtalk is $prefix/bin/beamtalk"
case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) echo "PATH does not have $prefix/bin yet" ;;
esac
