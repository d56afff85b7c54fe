# Sourced by the scripts beside it: finds switchctl.
# shellcheck shell=bash

# $SWITCHCTL, then the build of this clone, then PATH.
find_switchctl() {
  local root
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  if [[ -n ${SWITCHCTL:-} ]]; then
    printf '%s\n' "$SWITCHCTL"
  elif [[ -x $root/build/bin/switchctl ]]; then
    printf '%s\n' "$root/build/bin/switchctl"
  elif command -v switchctl >/dev/null; then
    command -v switchctl
  else
    echo "there is no switchctl: run make build, install it, or set SWITCHCTL to it" >&2
    return 2
  fi
}
