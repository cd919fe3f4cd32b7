# The Debian 12 packages that building, testing and running isocost need, and a way to install those that are
# missing. Sourced by the scripts and the Dockerfile, so that the lists stand in one place. What building needs, Debian 13
# and Ubuntu 24.04 have, too, with another number of Boost's.

# What a system is called, and which Boost it has: nothing where it is not known here.
system=$([ ! -r /etc/os-release ] || . /etc/os-release; echo "${VERSION_CODENAME:-}")
boost_of() {
  case $1 in
    bookworm) echo 1.81 ;;
    trixie | noble) echo 1.83 ;;
  esac
}
boost=$(boost_of "${ISOCOST_SYSTEM:-$system}")

build_packages="ca-certificates cmake g++ ninja-build ccache libssl-dev zlib1g-dev libzstd-dev libnghttp2-dev libcurl4-openssl-dev
  libboost$boost-dev libboost-json$boost-dev libyaml-cpp-dev libsimdjson-dev libsqlite3-dev libpq-dev
  node-d3 prometheus-cpp-dev libcli11-dev doctest-dev libjemalloc-dev libxxhash-dev"

# What the binary is linked to: all that the container image needs.
run_packages="ca-certificates libboost-json1.81.0 libjemalloc2 libnghttp2-14 libpq5 libprometheus-cpp-core1.0 libsimdjson14 libsqlite3-0
  libssl3 libstdc++6 libxxhash0 libyaml-cpp0.7
  libzstd1 zlib1g"

# By command, since a machine may have them from elsewhere, where Debian's package would conflict.
test_commands="python3:python3-minimal curl:curl node:nodejs npm:npm nginx:nginx-light wrk:wrk
  prometheus:prometheus promtool:prometheus"
test_packages="procps python3-venv libbenchmark-dev chromium-headless-shell postgresql-15 redis-server strace"
fuzz_packages="clang-14 libclang-rt-14-dev"
bench_packages="valgrind"

# For deploy/build: packages, images, and their tests.
package_packages="dpkg-dev binutils python3-minimal xz-utils lintian mmdebstrap rpm umoci bubblewrap zsh fish"

# For deploy/build/static.sh, beside $build_packages: what Debian's sources of libraries are made with.
static_packages="dpkg-dev make perl xz-utils bzip2"

# Prints those of the packages given that are not installed.
missing_packages() {
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || echo "$package"
  done
}

# Prints the package of each "command:package" given whose command is not there.
missing_commands() {
  for pair in "$@"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
  done | sort -u
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "isocost: these packages are missing and you are not root; install them, then run this again:" >&2
    echo "  $missing" >&2
    exit 1
  fi
}

# Installs the packages given. The services among them (nginx, prometheus) are not started: the tests start
# their own on loopback, and a port of this machine must not be taken behind its owner's back.
install_packages() {
  missing=$(echo "$@")
  [ -n "$missing" ] || return 0
  echo "isocost: installing $missing"
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    policy=
  else
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap 'as_root rm -f $policy' EXIT
  fi
  as_root apt-get -q update
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends -o Dpkg::Use-Pty=0 $missing
  if [ -n "$policy" ]; then
    as_root rm -f $policy
    trap - EXIT
  fi
}

# How many compilers at a time: one for each core, while there are 2 GiB of memory for each.
build_jobs() {
  awk -v cores="$(nproc)" '/^MemAvailable/ { fit = int($2 / 2097152); n = fit < cores ? fit : cores; print n < 1 ? 1 : n }' \
    /proc/meminfo
}
