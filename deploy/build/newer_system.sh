#!/bin/sh
# Whether isocost builds and answers on a system that is newer than Debian 12, with that one's compiler and libraries, in a
# clean root that is gone when it ends: deploy/build/newer_system.sh SUITE [tested]
#
#   SUITE   trixie (Debian 13) or noble (Ubuntu 24.04)
#   tested  also builds and runs the unit tests there, not optimised
#
# With mmdebstrap, as root or anybody. MIRROR is another mirror, KEYRING a file of the keys by which its archive is signed,
# where this machine has none of them.
set -eu
ISOCOST_SYSTEM=${1:?newer_system.sh wants the name of a system: trixie or noble} is_tested=${2:-}
cd "$(dirname "$0")/../.."
. deploy/packages.sh
[ -n "$boost" ] || { echo "newer_system.sh: $ISOCOST_SYSTEM is neither trixie nor noble" >&2; exit 1; }
mirror=${MIRROR:-}  # mmdebstrap knows the usual one
[ "$is_tested" = tested ] && tests="config routing providers gateway" || tests=
[ "$ISOCOST_SYSTEM" = noble ] && components=main,universe || components=main

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/sources"
git ls-files -z | xargs -0 cp --parents -t "$work/sources"
cat >"$work/make.sh" <<MAKE
set -eu
export LC_ALL=C.UTF-8 TZ=UTC
cd /build/isocost
. deploy/packages.sh
cmake --preset release -DCCACHE=
cmake --build --preset release --target isocost --parallel "\$(build_jobs)"
TESTS="$tests" deploy/build/static_tests.sh build/release/isocost
MAKE
mmdebstrap --quiet --variant=minbase --format=null --dpkgopt=force-unsafe-io --components=$components \
  ${KEYRING:+--keyring=$KEYRING} --include="$(echo $build_packages curl binutils | tr ' ' ,)" \
  --customize-hook='mkdir "$1/build"' --customize-hook="sync-in $work /build" \
  --customize-hook='mv "$1/build/sources" "$1/build/isocost"' --customize-hook='chroot "$1" sh /build/make.sh >&2' \
  "$ISOCOST_SYSTEM" /dev/null $mirror
echo "isocost builds and answers on $ISOCOST_SYSTEM"
