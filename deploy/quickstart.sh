#!/bin/sh
# Installs what is missing, builds isocost and starts it on http://127.0.0.1:8080 with simulated hosts inside.
# Debian 12 or 13 or Ubuntu 24.04, as root or with sudo. Run it again whenever you like: what is there is not made twice.
#
#   deploy/quickstart.sh                      simulated hosts, and the real ones whose keys are in the environment
#   deploy/quickstart.sh --config FILE        your own configuration; arguments go to `isocost serve`
set -eu
cd "$(dirname "$0")/.."
. deploy/packages.sh

if [ -z "$boost" ]; then
  echo "isocost: this script is for Debian 12 and 13 and Ubuntu 24.04. Elsewhere install what deploy/packages.sh lists under your system's names, then:" >&2
  echo "  cmake --preset release && cmake --build --preset release --target isocost && build/release/isocost serve" >&2
  exit 1
fi
install_packages $(missing_packages $build_packages)

[ -f build/release/build.ninja ] || cmake --preset release >/dev/null
echo "isocost: building (a first build takes a few minutes)"
cmake --build --preset release --target isocost --parallel "$(build_jobs)"

# From here on the gateway is this process: Ctrl-C and its exit status are its own.
exec build/release/isocost serve "$@"
