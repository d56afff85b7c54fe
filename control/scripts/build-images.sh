#!/usr/bin/env bash
# Builds the application's images of one version and pushes them to $ECR_REGISTRY. The application of
# this repository is the toy: both services are one image.
set -euo pipefail

if [[ $# -ne 1 || $1 == -h || $1 == --help ]]; then
  echo "usage: ECR_REGISTRY=… build-images.sh VERSION"
  [[ ${1:-} == -h || ${1:-} == --help ]] && exit 0
  exit 2
fi
: "${ECR_REGISTRY:?is not set: the registry that images are pushed to}"
version=$1
app=${APP:-pms}
sha=$(git rev-parse HEAD)
docker build --target toy --build-arg "VERSION=$version" --build-arg "GIT_SHA=$sha" \
  --tag "$app-toy:$version" .
for service in backend frontend; do
  image=$ECR_REGISTRY/$app-$service:$version
  docker tag "$app-toy:$version" "$image"
  docker push "$image"
done
