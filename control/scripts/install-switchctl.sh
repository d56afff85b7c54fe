#!/usr/bin/env bash
# Installs switchctl from the archive that cd.yml made, with the shared libraries it needs. As root,
# on Debian 12.
set -euo pipefail

if [[ $# -ne 1 || $1 == -h || $1 == --help ]]; then
  echo "usage: install-switchctl.sh ARCHIVE.tar.gz"
  [[ ${1:-} == -h || ${1:-} == --help ]] && exit 0
  exit 2
fi
folder=${SWITCHCTL_FOLDER:-/usr/local/bin}
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
tar --extract --gzip --file "$1" --directory "$unpacked"
apt-get update -qq
xargs apt-get install -qq --yes --no-install-recommends ca-certificates git \
  <"$unpacked/switchctl.packages" >/dev/null
install --mode 0755 "$unpacked/switchctl" "$folder/switchctl"
"$folder/switchctl" --version
