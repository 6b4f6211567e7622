#!/usr/bin/env bash
# All that a commit must pass; `make test` runs it. The Node packages are
# installed while the Go gates run; the builds for other systems take what time
# the tests leave them, at the lowest priority; everything else has the machine
# to itself. The last line counts what passed and failed.
set -euo pipefail
cd "$(dirname "$0")/.."
export NEXT_TELEMETRY_DISABLED=1
make=${1:-make} # GNU make

test/install.sh

skipped() {
  echo "SKIPPED $1" >&2
  [[ ${CI:-} != true ]] || exit 1
}
has_node() {
  command -v npm >/dev/null && command -v node >/dev/null && (($(node -p 'process.versions.node.split(".")[0]') >= 20))
}
can_race() { command -v gcc >/dev/null || command -v cc >/dev/null; }
can_browse() { [[ -x /usr/bin/chromium ]] && /usr/bin/python3 -c 'import fastapi, uvicorn, jwt, cryptography, httpx' 2>/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

# The builds for other systems, in the background.
start_cross() {
  nice -n 19 "$make" check-cross >"$cross" 2>&1 &
  building=$!
  trap 'kill "$building" 2>/dev/null || true' EXIT
}
finish_cross() {
  local failed=0
  wait "$building" || failed=$?
  trap - EXIT
  cat "$cross"
  return "$failed"
}

everything() {
  start_cross
  if has_node; then
    "$make" -j3 check-source packages
  else
    "$make" check-source
  fi
  tests
  finish_cross
  ((${#broken[@]} == 0)) || { echo "make test: failed: ${broken[*]}" && return 1; }
  echo "make test: everything passed"
}

# The tests all run, so that one report names all that is wrong.
broken=()
run() {
  local begin=$SECONDS
  "$make" "$@" || broken+=("$1")
  echo "$1 took $((SECONDS - begin)) s"
}

tests() {
  if can_race; then
    run race
  else
    skipped "the race detector: there is no C compiler"
    run unit
  fi
  if ! has_node; then
    skipped "parity, turns and browser: Node 20 or newer with npm is not installed"
    return
  fi
  run check-ui
  run parity WRITE=
  run turns
  run clients
  if can_browse; then
    run browser
  else
    skipped "browser: Chromium, PostgreSQL or the Python packages of the FastAPI example are not installed"
  fi
}

log=$(mktemp) cross=$(mktemp)
trap 'rm -f "$log" "$cross"' EXIT
set +e
(
  set -e
  everything
) 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
set -e
if ((status != 0)); then
  # Again at the end, where people look first.
  echo "what failed:"
  grep -E -A6 '^([[:space:]]*--- FAIL|FAIL[[:space:]]|FAILED[[:space:]]|DIFFERENCE |SKIPPED |browser: failed|turns: .*FAILED|.*\*\*\* )' "$log" | cut -c1-400 | head -120 || true
fi
passed=$(grep -cE '^ok[[:space:]]' "$log" || true)
failed=$(grep -cE '^(FAIL[[:space:]]+[^[:space:]]+/|FAILED[[:space:]]|DIFFERENCE )' "$log" || true)
((status == 0)) || failed=$((failed > 0 ? failed : 1))
echo "$passed passed, $failed failed"
exit "$status"
