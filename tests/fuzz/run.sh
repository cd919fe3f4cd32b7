#!/bin/bash
# Fuzzes every reader of outside bytes with libFuzzer and sanitizers, two at a time: expressions of policies for
# SECONDS (60), each other reader for half of it. Needs clang (deploy/packages.sh, $fuzz_packages). Fails on a crash
# or a broken property. What is found on the way is kept in build/fuzz/corpus. Without it, runs repeat each other as
# far as their time goes; SEED 0 draws anew every time.
#
#   tests/fuzz/run.sh [SECONDS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/packages.sh
sanitizers="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=all"

cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_UNITY_BUILD=ON -DISOCOST_FUZZ=ON -DISOCOST_FUZZ_SECONDS="${1:-60}" \
  -DISOCOST_FUZZ_SEED="${2:-1}" -DCMAKE_CXX_COMPILER="${CXX:-clang++-14}" \
  -DCMAKE_CXX_FLAGS="-O1 -gline-tables-only $sanitizers" >/dev/null
cmake --build build/fuzz --target fuzzers --parallel "$(build_jobs)"
status=0
ctest --test-dir build/fuzz --label-regex fuzz --parallel 2 --output-on-failure || status=$?
# How often each was run, since "no fault found" says little without it.
awk '/^[0-9]+\/[0-9]+ Test: / { name = $3 } /^stat::number_of_executed_units:/ { print name ": " $2 " runs" }' \
  build/fuzz/Testing/Temporary/LastTest.log
exit $status
