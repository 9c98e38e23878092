#!/bin/sh
# tools/package.sh: an archive with everything but Erlang. Who unpacks it needs neither .NET nor a compiler for C#.
set -eu
cd "$(dirname "$0")/.."
BEAMTALK_HOME=$(pwd -P)
. tools/requirements.sh
find_dotnet
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
rid=$(runtime_identifier)
name=beamtalk-$version-$rid

rm -rf _build/package
mkdir -p _build/package
"$DOTNET" publish Beamtalk.Cli -c Release -r "$rid" --self-contained true -p:PublishReadyToRun=true \
    -p:DebugType=none -o _build/package/cli > _build/package/log 2>&1 || { cat _build/package/log; exit 1; }
sh tools/stage.sh "_build/package/$name" _build/package/cli
tar -C _build/package -czf "_build/$name.tar.gz" "$name"
rm -rf _build/package
echo "_build/$name.tar.gz"
