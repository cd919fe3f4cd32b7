#!/bin/sh
# Builds the isocost that needs nothing but a kernel, in a clean root of Debian 12: deploy/build/static.sh FOLDER [amd64|arm64 [tested]]
#
# FOLDER/isocost runs on any Linux of its processor from 3.2 (arm64: 3.7) on, FOLDER/built-with.txt says with which packages it was made. Debian
# with mmdebstrap, as root or anybody; the root is gone when it ends. The same sources and packages give the same bytes: the place
# within the root is always the same, and no time gets in. MIRROR is another mirror, or a snapshot that brings old packages back.
# With `tested`, FOLDER/isocost also answers a request there, and unit tests are built and run, those of arm64 by qemu.
set -eu
mkdir -p "$1"
folder=$(realpath "$1") architecture=${2:-amd64} is_tested=${3:-}
cd "$(dirname "$0")/../.."
. deploy/packages.sh
mirror=${MIRROR:-}  # mmdebstrap knows the usual one

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What git knows, as it stands; without git all but what was built.
mkdir "$work/sources"
if commit=$(git rev-parse HEAD 2>/dev/null); then
  git ls-files -z | xargs -0 cp --parents -t "$work/sources"
else
  commit=
  find . -path ./build -prune -o -type f -print0 | xargs -0 cp --parents -t "$work/sources"
fi

packages="$build_packages $static_packages" architectures=amd64 options= host=x86_64-linux-gnu
case $architecture in
  amd64) ;;
  arm64)
    # What is linked is of the other processor, what runs here is not, and headers alone are of all.
    packages="crossbuild-essential-arm64 $(for each in $packages; do
      case $each in
        libcli11-dev) echo "$each" ;;
        lib*-dev | zlib1g-dev | prometheus-cpp-dev) echo "$each:arm64" ;;
        *) echo "$each" ;;
      esac
    done)"
    architectures=amd64,arm64 host=aarch64-linux-gnu
    options="-DCMAKE_TOOLCHAIN_FILE=/build/isocost/deploy/build/arm64.cmake"
    ;;
  *) echo "static.sh: $architecture is neither amd64 nor arm64" >&2; exit 1 ;;
esac
[ "$is_tested" != tested ] || packages="$packages curl $([ $architecture = amd64 ] || echo qemu-user)"
cat >"$work/make.sh" <<MAKE
set -eu
export HOST=$host LC_ALL=C.UTF-8 TZ=UTC
cd /build/isocost
. deploy/packages.sh
deploy/build/static_libraries.sh build/archives
cmake --preset release -DISOCOST_STATIC=ON -DISOCOST_COMMIT=$commit -DCCACHE= $options
cmake --build --preset release --target isocost_static --parallel "\$(build_jobs)"
$host-strip --strip-unneeded -o /build/isocost.stripped build/release/static/isocost
dpkg-query -W >/build/built-with.txt
[ "$is_tested" != tested ] || deploy/build/static_tests.sh /build/isocost.stripped $options
MAKE
mmdebstrap --quiet --variant=minbase --format=null --dpkgopt=force-unsafe-io --architectures=$architectures --include="$(echo $packages | tr ' ' ,)" \
  --customize-hook='mkdir "$1/build"' --customize-hook="sync-in $work /build" \
  --customize-hook='mv "$1/build/sources" "$1/build/isocost"' --customize-hook='chroot "$1" sh /build/make.sh >&2' \
  --customize-hook="download /build/isocost.stripped $folder/isocost" \
  --customize-hook="download /build/built-with.txt $folder/built-with.txt" bookworm /dev/null $mirror
chmod 755 "$folder/isocost"
sha256sum "$folder/isocost"
