#!/bin/sh
# Builds the server and measures it over a large and a small site. Arguments are
# passed on: ./scale.sh -size 10% -only list-users
set -eu
cd "$(dirname "$0")"
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
CGO_ENABLED=0 go build -trimpath -o "$bin/betterauth" ../cmd/betterauth
go build -o "$bin/bench" .
if [ ! -d node/node_modules/@better-auth/api-key ]; then
	(cd node && npm ci --no-audit --no-fund --silent)
fi
"$bin/bench" scale -ours "$bin/betterauth" -node node "$@"
