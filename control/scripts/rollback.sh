#!/usr/bin/env bash
# The deployment guide's name for `switchctl rollback` and `switchctl versions`.
set -euo pipefail
# shellcheck source=control/scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat <<USAGE
usage: rollback.sh ENV [VERSION] [FLAG…]
       rollback.sh --list ENV

Takes ENV (staging, production) back to VERSION, or to the version before; flags are passed on to
\`switchctl rollback\`. --list shows the versions there are. Exits 0 when it is done.
USAGE
}

case ${1:-} in -h | --help) usage; exit 0 ;; esac
if [[ $# -lt 1 || (${1:-} == --list && $# -lt 2) ]]; then
  usage >&2
  exit 2
fi
switchctl=$(find_switchctl) || exit
if [[ $1 == --list ]]; then
  shift
  exec "$switchctl" versions "$@"
fi
exec "$switchctl" rollback "$@" --yes
