#!/usr/bin/env bash
# Packs the binaries that `make cross` has built: archive.sh VERSION SYSTEM/ARCHITECTURE...
# Times and owners are fixed, so that the same binaries give the same archives.
set -euo pipefail
cd "$(dirname "$0")/../dist"
version=$1
shift
export TZ=UTC
stamp=$(git log -1 --format=%ct)

rm -rf -- betterauth_* SHA256SUMS
for platform in "$@"; do
  built=${platform/\//_}
  name=betterauth_${version}_$built
  mkdir "$name"
  cp "$built"/betterauth* ../LICENSE ../README.md ../CHANGELOG.md "$name"
  find "$name" -exec touch -d "@$stamp" {} +
  if [[ $platform == windows/* ]]; then
    find "$name" -type f | LC_ALL=C sort | zip -q -X "$name.zip" -@
  else
    tar --sort=name --owner=0 --group=0 --numeric-owner --mode=go-w -cf - "$name" | gzip -9n >"$name.tar.gz"
  fi
  rm -r -- "$name"
done
sha256sum betterauth_* >SHA256SUMS
