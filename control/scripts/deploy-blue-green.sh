#!/usr/bin/env bash
# The deployment guide's name for `switchctl deploy`: same order of arguments, same exit codes.
set -euo pipefail
# shellcheck source=control/scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat <<USAGE
usage: deploy-blue-green.sh ENV VERSION [FLAG…]

Deploys VERSION (v20240101-abc1234) to ENV (staging, production) as \`switchctl deploy\` does; flags
are passed on. Exits 0 when it runs, 3 when it was rolled back; \`switchctl --help\` lists the others.
USAGE
}

case ${1:-} in -h | --help) usage; exit 0 ;; esac
if [[ $# -lt 2 ]]; then
  usage >&2
  exit 2
fi
switchctl=$(find_switchctl) || exit
exec "$switchctl" deploy "$@" --yes
