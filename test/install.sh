#!/usr/bin/env bash
# Installs the programs that the tests start, as far as they are missing: on
# Debian and Ubuntu as root or with sudo. Elsewhere it says what is missing and
# how to get it; tests that need it skip with a reason. With CI=true anything
# that is still missing is an error.
set -euo pipefail

# package | how the tests look for it | what needs it
needs() {
  cat <<'LIST'
postgresql|ls /usr/lib/postgresql/*/bin/initdb || command -v initdb|tests on PostgreSQL
mariadb-server|command -v mariadbd || ls /usr/sbin/mariadbd|tests on MariaDB
redis-server|command -v redis-server || command -v valkey-server|tests on Redis
pgbouncer|command -v pgbouncer || ls /usr/sbin/pgbouncer|tests behind PgBouncer
nginx-light|command -v nginx || ls /usr/sbin/nginx|tests behind nginx
oathtool|command -v oathtool|tests of authenticator apps
qrencode|command -v qrencode|tests of authenticator apps
zbar-tools|command -v zbarimg|tests of authenticator apps
chromium|ls /usr/bin/chromium|tests in a browser
python3-fastapi|/usr/bin/python3 -c 'import fastapi'|the FastAPI example
python3-uvicorn|/usr/bin/python3 -c 'import uvicorn'|the FastAPI example
python3-jwt|/usr/bin/python3 -c 'import jwt'|the FastAPI example
python3-cryptography|/usr/bin/python3 -c 'import cryptography'|the FastAPI example
python3-httpx|/usr/bin/python3 -c 'import httpx'|the FastAPI example
python3-aiosmtpd|/usr/bin/python3 -c 'import aiosmtpd'|tests of SMTP
gcc|command -v gcc || command -v cc|the race detector
libc6-dev|ls /usr/include/stdio.h || ls /usr/include/*/stdio.h|the race detector
LIST
}

missing=()
look() {
  local package check
  missing=()
  while IFS='|' read -r package check; do
    # The check may hold || itself; what needs it stands behind the last bar.
    bash -c "${check%|*}" >/dev/null 2>&1 || missing+=("$package")
  done < <(needs)
}

as_root=()
may_install() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 1
  (($(id -u) == 0)) && return 0
  command -v sudo >/dev/null || return 1
  as_root=(sudo)
  # Asks for a password only where somebody can type one.
  sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]
}

# Services must not start by themselves: tests bring up their own.
policy=/usr/sbin/policy-rc.d
install_missing() {
  local wanted=() package shown made=
  "${as_root[@]}" apt-get update -q
  for package in "${missing[@]}"; do
    # Ubuntu has Chromium as a snap only, which the tests cannot start.
    shown=$(apt-cache show "$package" 2>/dev/null || true)
    [[ $shown == *Version:* && $shown != *"chromium snap"* ]] && wanted+=("$package")
  done
  ((${#wanted[@]})) || return 0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    made=1
  fi
  local failed=0
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${wanted[@]}" || failed=$?
  [[ -z $made ]] || "${as_root[@]}" rm -f "$policy"
  return "$failed"
}

look
if ((${#missing[@]})) && may_install; then
  install_missing || echo "test/install.sh: apt-get failed" >&2
  look
fi

if ((${#missing[@]})); then
  {
    echo "Missing, so these tests skip:"
    while IFS='|' read -r package check; do
      [[ " ${missing[*]} " == *" $package "* ]] && printf '  %-22s %s\n' "$package" "${check##*|}"
    done < <(needs)
    echo "Debian or Ubuntu: run as root or with sudo, or: apt-get install --no-install-recommends ${missing[*]}"
    echo "Elsewhere: install PostgreSQL, MariaDB, Redis, PgBouncer, nginx and a C compiler with your package manager"
    echo "(Homebrew: brew install postgresql mariadb redis pgbouncer nginx); the browser tests want Chromium at /usr/bin/chromium"
    echo "and FastAPI, uvicorn, PyJWT, cryptography and httpx in /usr/bin/python3."
  } >&2
  [[ ${CI:-} != true ]] || exit 1
fi
