#!/bin/bash
# Installs what the tests need, builds, runs every test, and fuzzes every reader of outside bytes for a while. The
# last line is "N passed, N failed". Debian 12, as root or with sudo; about forty minutes on two cores, a few when
# little has changed.
#
#   tests/run.sh            all of it
#   tests/run.sh --no-e2e   without the tests of the whole binary
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
# A test that lacks something on this machine fails: it does not pass unseen. ISOCOST_ALL_REQUIRED= leaves such tests out,
# for who may not install things or is not root.
export ISOCOST_ALL_REQUIRED=${ISOCOST_ALL_REQUIRED-1}

end_to_end=true
[ "${1:-}" != --no-e2e ] || end_to_end=false

. deploy/packages.sh
# shellcheck disable=SC2046,SC2086  # lists of words
install_packages $(missing_packages $build_packages $test_packages $package_packages $fuzz_packages) $(missing_commands $test_commands)

# What comes from PyPI and npm, at the versions that the tests name, into build/.
install_sdks() {
  local from=tests/end_to_end
  local pip=build/python/bin/pip
  if ! cat $from/requirements.txt $from/requirements-alone.txt | cmp -s - build/python/installed.txt; then
    rm -rf build/python
    /usr/bin/python3 -m venv build/python
    $pip --quiet --disable-pip-version-check install -r $from/requirements.txt
    # Who asks for older versions of what is there, and works with these.
    $pip --quiet --disable-pip-version-check install --no-deps -r $from/requirements-alone.txt
    cat $from/requirements.txt $from/requirements-alone.txt >build/python/installed.txt
  fi
  if ! cmp -s $from/package.json build/node/installed.json; then
    rm -rf build/node
    mkdir -p build/node
    cp $from/package.json build/node/
    npm --prefix build/node install --no-audit --no-fund --loglevel=error
    cp $from/package.json build/node/installed.json
  fi
}

passed=0 failed=0 failures=
# Runs a command that runs ctest and adds up what that says.
run() {
  local report
  report=$(mktemp)
  "$@" | tee "$report" || true
  # "75% tests passed, 1 tests failed out of 4"
  read -r not_passed of < <(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\)/\1 \2/p' "$report") ||
    { not_passed=1 of=1; failures+=" no test ran: $*;"; }
  failures+=$(sed -n 's/^\t *[0-9]* - \(.*\)/ \1/p' "$report" | tr '\n' ';')
  passed=$((passed + of - not_passed)) failed=$((failed + not_passed))
  rm -f "$report"
}

# "A STAGE" PREPARE TESTS...: runs the tests once PREPARE has built them. Where that fails, the stage counts as one
# failed test.
stage() {
  local name=$1 prepare=$2 status
  shift 2
  echo "== $name"
  set +e
  (
    set -e
    "$prepare"
  )
  status=$?
  set -e
  if [ $status = 0 ]; then
    run "$@"
  else
    failed=$((failed + 1)) failures+=" the build of: $name;"
  fi
}

mkdir -p build
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
jobs=$(build_jobs)

build_unit_tests() {
  cmake --preset asan >/dev/null
  cmake --build --preset asan --parallel "$jobs"
}
stage "unit tests, under AddressSanitizer and UndefinedBehaviorSanitizer" build_unit_tests \
  ctest --output-on-failure --test-dir build/asan --parallel "$jobs" --timeout 600

build_binary() {
  install_sdks
  cmake --preset release -DISOCOST_END_TO_END=ON >/dev/null
  cmake --build --preset release --parallel "$jobs" --target isocost
}
if $end_to_end; then
  # One at a time: some of them measure how long something takes.
  stage "the whole binary, with real clients" build_binary \
    ctest --output-on-failure --test-dir build/release --label-regex end_to_end
fi

echo "== fuzzers, two minutes and a half"
run bash tests/fuzz/run.sh 60

[ -z "$failures" ] || echo "failed:$failures"
# What a test left out all the same (the chart is rendered only where there is `helm`, which Debian does not have) counts as
# passed above, and is said here.
awk '/^[0-9]+\/[0-9]+ Test: / { name = $3 } /^OK \(skipped=/ { print "skipped in " name ": " $0 }' \
  build/*/Testing/Temporary/LastTest.log 2>/dev/null || true
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
