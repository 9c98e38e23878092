#!/bin/sh
# The beamtalk command of an installation.
set -eu

self=$0
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in
        /*) self=$link ;;
        *) self=${self%/*}/$link ;;
    esac
done
case $self in
    */*) directory=${self%/*} ;;
    *) directory=. ;;
esac
BEAMTALK_HOME=$(CDPATH= cd -- "$directory/.." && pwd -P)
export BEAMTALK_HOME DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_TieredPGO=0

if [ "${1-}" = doctor ]; then
    . "$BEAMTALK_HOME/tools/requirements.sh"
    doctor_of_installation
    exit
fi

# An archive has its own .NET; an installation from a checkout uses the machine's.
program=$BEAMTALK_HOME/cli/beamtalk-cli
if [ -e "$BEAMTALK_HOME/cli/System.Private.CoreLib.dll" ]; then
    exec "$program" "$@"
fi
. "$BEAMTALK_HOME/tools/requirements.sh"
if ! find_dotnet; then
    echo "beamtalk: .NET is missing. $(how_to_get .NET dotnet-runtime-10.0)" >&2
    exit 2
fi
exec "$DOTNET" "$program.dll" "$@"
