#!/usr/bin/env bash
# Prints the version of a commit, v{YYYYMMDD}-{12 digits of its SHA}: the day it was committed, in UTC.
set -euo pipefail

case ${1:-} in
  -h | --help) echo "usage: version.sh [COMMIT] (HEAD)"; exit 0 ;;
esac
commit=$(git rev-parse --verify --quiet "${1:-HEAD}^{commit}") || {
  echo "version.sh: \"${1:-HEAD}\" is no commit" >&2
  exit 2
}
day=$(TZ=UTC0 git show -s --format=%cd --date=format-local:%Y%m%d "$commit")
printf 'v%s-%s\n' "$day" "${commit:0:12}"
