#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs Gander with the Java that lies beside it: no JDK, no Maven, no network.
#
#   GANDER_JVM_FLAGS   more flags for the JVM, such as -Xmx8g
#   GANDER_CLASSPATH   classes and jars of your own, such as losses, joined by colons
set -eu

fail() {
  printf 'gander: %s\n' "$*" >&2
  exit 2
}

# Prints the folder that a path's last part is in.
folder() {
  case $1 in
    */*) printf '%s/\n' "${1%/*}" ;;
    *) printf '.\n' ;;
  esac
}

self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(folder "$self")/$link ;;
  esac
done
root=$(cd "$(folder "$self")" && pwd -P)

machine=$(uname -sm 2>/dev/null || echo "Linux x86_64")
[ "$machine" = "Linux x86_64" ] ||
  fail "this bundle is for Linux on x86_64, and this is $machine: build Gander from its sources here"

classes=
for jar in @JARS@; do
  classes=$classes$root/lib/$jar:
done

# The progress line needs to know what it is drawn on.
if [ -t 2 ]; then
  terminal=true
  columns=$(stty size <&2 2>/dev/null || true)
  columns=${columns#* }
  [ "${columns:-0}" -gt 0 ] || columns=80
fi

# shellcheck disable=SC2086 # the flags are words
exec "$root/runtime/bin/java" -XX:AOT@MODE@="$root/gander.aot" -Xlog:cds=off -Xlog:aot=off \
  --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true \
  -Dgander.root="$root" -Dgander.code="$root/code" -Dgander.version=@VERSION@ \
  -Dgander.terminal="${terminal:-false}" -Dgander.columns="${columns:-80}" \
  ${GANDER_JVM_FLAGS:-} -cp "${classes%:}${GANDER_CLASSPATH:+:$GANDER_CLASSPATH}" gander.models.cli.Gander "$@"
