#!/bin/bash
# What takes too long for every change: every header alone, both compilers' sanitizers, long fuzzing, changes that the
# tests should notice, outages of hosts, a soak of ten minutes, the benchmarks. Tells at last how long each part took.
# Loopback only; ends by itself; exit status 1 when a part failed.
#
#   tests/nightly.sh [--only PATTERN] [SECONDS OF FUZZING POLICIES, 600 [SECONDS OF EACH WAVE OF THE SOAK, 600]]
#     --only PATTERN  only the parts whose name the extended regular expression matches: --only 'soak|outages'
set -uo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
only=.
[ "${1:-}" != --only ] || { only=${2:?"--only wants a pattern of names of parts"}; shift 2; }
fuzz_seconds=${1:-600} soak_seconds=${2:-600}
. deploy/packages.sh
# shellcheck disable=SC2046,SC2086  # lists of words
install_packages $(missing_packages $fuzz_packages $bench_packages)
failed=() minutes=()
part() {
  local name=$1 began=$SECONDS how=
  shift
  [[ $name =~ $only ]] || return 0
  echo "== $name"
  "$@" || { failed+=("$*"); how=", failed"; }
  minutes+=("$(printf '%4d:%02d min  %s%s' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)) "$name" "$how")")
}

# What parts below run that no other one has made, or not alone: the binary as it is shipped, and the rig.
build_rig() {
  cmake --preset release -DISOCOST_END_TO_END=ON -DISOCOST_BENCH=ON >/dev/null &&
    cmake --build --preset release --parallel "$(nproc)" --target isocost bench_load bench_mock_host key_timing
}

# Hosts that fail, come and go or cannot be named, clients that misbehave and a configuration that changes, all at
# once, against what the preset given built: chaos PRESET PARTS.
chaos() {
  ISOCOST=$PWD/build/$1/isocost PYTHONDONTWRITEBYTECODE=1 build/python/bin/python tests/end_to_end/chaos.py 120 "${@:2}"
}

# What clients of each API cost beside those of chat.
apis() {
  ISOCOST=$PWD/build/release/isocost PYTHONDONTWRITEBYTECODE=1 build/python/bin/python tests/bench/api_cost.py
}

# What hosts that are away for a while cost clients, live and simulated.
outages() {
  ISOCOST=$PWD/build/release/isocost PYTHONDONTWRITEBYTECODE=1 build/python/bin/python tests/end_to_end/outages.py
}

# Kills of gateways, and races for one budget, many times over.
many_kills() {
  local test status=0
  for test in "money_test.py Kills" "shared_ledger_test.py Ledger.test_kills_lose_no_answer_and_charge_none_twice" \
    "gateways_test.py Faults.test_kills_of_gateways_under_load_lose_no_answer_and_charge_none_twice" \
    "gateways_test.py Faults.test_kills_of_redis_under_load_let_nobody_spend_more" "gateways_test.py Budgets" \
    "money_test.py Budgets"; do
    local kills=300
    [ "$test" = "money_test.py Kills" ] && kills=1000
    # shellcheck disable=SC2086  # file and test
    (cd tests/end_to_end && ISOCOST=$OLDPWD/build/release/isocost PYTHONDONTWRITEBYTECODE=1 ISOCOST_KILLS=$kills \
      ISOCOST_ROUNDS=100 $OLDPWD/build/python/bin/python $test) || status=1
  done
  return $status
}

# Everything that goes wrong, at full size, and the table of it; requests that are nearly
# right against two other parsers; and whether time tells something of keys.
reliability() {
  local status=0
  build_rig || return
  export ISOCOST=$PWD/build/release/isocost PYTHONDONTWRITEBYTECODE=1
  build/python/bin/python tests/reliability/reliability.py --write --size aborts=10000 tenants=100000 outage=9500 \
    streams=9000 churn=1000000 || status=1
  build/python/bin/python tests/differential/differential.py --cases 500000 --seed "$(date +%Y%j)" || status=1
  build/release/tests/bench/key_timing 200000 || status=1
  return $status
}

# Agents as they come, of whom each is several hundred megabytes.
agents() {
  npm --prefix build/agents install --no-audit --no-fund --loglevel=error @openai/codex@0.171.0 \
    @anthropic-ai/claude-code@2.1.197 || return
  local agent status=0
  for agent in codex claude_code; do
    CODEX=$PWD/build/agents/node_modules/.bin/codex CLAUDE=$PWD/build/agents/node_modules/.bin/claude \
      ISOCOST=$PWD/build/release/isocost PYTHONDONTWRITEBYTECODE=1 \
      build/python/bin/python tests/end_to_end/${agent}_test.py || status=1
  done
  return $status
}

# The image has no sanitizer.
threads() {
  cmake --preset tsan -DISOCOST_END_TO_END=ON >/dev/null && cmake --build --preset tsan --parallel "$(nproc)" &&
    ctest --preset tsan --timeout 1200 --exclude-regex 'image_packages|^package$' && chaos tsan plenty few
}

# The same tests built by the other compiler. Its function sanitizer cannot cope with coroutines.
other_compiler() {
  cmake --preset asan -B build/clang -DCMAKE_CXX_COMPILER=clang++-14 \
    "-DCMAKE_CXX_FLAGS=-O1 -fsanitize=address,undefined -fno-sanitize=function,vptr -fno-sanitize-recover=all" >/dev/null &&
    cmake --build build/clang --parallel "$(nproc)" &&
    ctest --test-dir build/clang --output-on-failure --timeout 1200
}

# Two waves of 9,000 streams: what is held must not grow.
soak() {
  local rig=build/release/tests/bench host gateway status=0
  build_rig || return
  ulimit -n "$(ulimit -Hn)"
  $rig/bench_mock_host --seconds $((2 * soak_seconds + 600)) & host=$!
  STATE_DIRECTORY=$(mktemp -d) build/release/isocost serve --config tests/bench/one_host.yaml >/dev/null & gateway=$!
  for _ in {1..100}; do
    (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null && break
    sleep 0.1
  done
  $rig/bench_load hold --streams 9000 --seconds "$soak_seconds" --pid "$gateway" \
    isocost=http://127.0.0.1:8080/v1/chat/completions || status=1
  kill "$gateway" "$host"
  wait "$gateway" "$host"
  return $status
}

# What tests/includes.py reads of every header, compiled: also what it does not see.
headers() {
  cmake --preset asan >/dev/null &&
    cmake --build --preset asan --target all_verify_interface_header_sets --parallel "$(nproc)"
}

# The program that everything is linked into, where there is nothing.
static_program() {
  # shellcheck disable=SC2046,SC2086  # lists of words
  install_packages $(missing_packages $build_packages $test_packages $package_packages $static_packages) || return
  [ -f build/archives/libpq.a ] || deploy/build/static_libraries.sh build/archives || return
  cmake --preset release -DISOCOST_END_TO_END=ON -DISOCOST_STATIC=ON >/dev/null &&
    cmake --build --preset release --target isocost_static --parallel "$(nproc)" &&
    ISOCOST_ALL_REQUIRED=1 ctest --test-dir build/release --output-on-failure -R '^static$'
}

# The same for the other processor, cross-built in a clean root, its unit tests run by qemu.
other_processor() {
  # shellcheck disable=SC2046  # a list of words
  install_packages $(missing_packages mmdebstrap) && deploy/build/static.sh build/arm64 arm64 tested
}

# Debian 13. Ubuntu 24.04 wants the keys of its archive (KEYRING), which Debian has in no package.
newer_systems() {
  # shellcheck disable=SC2046  # a list of words
  install_packages $(missing_packages mmdebstrap) && deploy/build/newer_system.sh trixie tested &&
    { [ -z "${KEYRING:-}" ] || deploy/build/newer_system.sh noble tested; }
}

part "every test of each change" bash tests/run.sh
part "every header, compiled alone" headers
part "the static program" static_program
part "the static program of arm64" other_processor
part "newer systems" newer_systems
part "chaos" chaos asan plenty
part "threads, under ThreadSanitizer" threads
part "the other compiler's sanitizers" other_compiler
part "outages" outages
part "many kills" many_kills
part "agents" agents
part "mutants" bash tests/mutants.sh --count 200 --seed "$(date +%Y%j)"
part "fuzzers, $fuzz_seconds s" bash tests/fuzz/run.sh "$fuzz_seconds" 0
part "benchmarks" bash tests/bench/run.sh --anyway --build-time
part "reports of a month" python3 tests/bench/spend_report.py build/release/isocost
part "instructions of each API" apis
part "soak" soak
part "reliability" reliability
[ ${#minutes[@]} != 0 ] || failed+=("no part is called $only")
printf '%s\n' "${minutes[@]}"
[ ${#failed[@]} = 0 ] || printf 'failed: %s\n' "${failed[@]}"
[ ${#failed[@]} = 0 ]
