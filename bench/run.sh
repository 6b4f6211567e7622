#!/bin/sh
# Builds the programs to compare, installs the reference from its lockfile, and runs
# the benchmark. Arguments are passed on: ./run.sh -runs 1 -db sqlite
set -eu
cd "$(dirname "$0")"
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
CGO_ENABLED=0 go build -trimpath -o "$bin/betterauth" ../cmd/betterauth
CGO_ENABLED=0 go build -trimpath -o "$bin/floor" ./floor
go build -o "$bin/bench" .
if [ ! -d node/node_modules/better-auth ]; then
	(cd node && npm ci --no-audit --no-fund --silent)
fi
"$bin/bench" -ours "$bin/betterauth" -floor "$bin/floor" "$@"
