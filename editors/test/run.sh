#!/bin/sh
# Tests the grammar, the extension's commands and Vim's files, as far as the tools for it are there.
set -eu
cd "$(dirname "$0")"

if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
    echo "editors: no Node.js, so they are not tested"
    exit 0
fi

[ -d node_modules/vscode-textmate ] || npm ci --no-audit --no-fund --silent
npm test --silent
(cd ../vscode && npm test --silent)

if command -v vim > /dev/null && vim --version | grep -q '+syntax'; then
    vim -u NONE -es -N -i NONE -S ../vim/test/run.vim
fi
