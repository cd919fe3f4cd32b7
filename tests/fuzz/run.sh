#!/bin/sh
# Fuzzes every reader of outside bytes for SECONDS each (60), two at a time; fails on the first crash or broken
# property. Example: sh tests/fuzz/run.sh 60. What is found on the way is kept in build/fuzz/corpus.
set -eu
seconds=${1:-60}
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/fuzz
sanitizers="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=all"

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DISOCOST_FUZZ=ON \
  -DCMAKE_CXX_COMPILER="${CXX:-clang++-14}" -DCMAKE_CXX_FLAGS="-O1 -g $sanitizers" >/dev/null
cmake --build "$build" --target fuzzers -j "${JOBS:-2}"

fuzz() {
  mkdir -p "$build/corpus/$1"
  "$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="$build/$1-" "$build/corpus/$1" "$root/tests/fuzz/seeds/$1" >"$build/$1.log" 2>&1
}

running=""
wait_all() {
  for job in $running; do
    name=${job#*:}
    if ! wait "${job%%:*}"; then
      tail -n 40 "$build/$name.log"
      echo "$name: FAILED"
      exit 1
    fi
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") runs, no fault"
  done
  running=""
}
count=0
for source in "$root"/tests/fuzz/*.cpp; do
  name=$(basename "$source" .cpp)
  fuzz "$name" &
  running="$running $!:$name"
  count=$((count + 1))
  if [ $((count % 2)) -eq 0 ]; then wait_all; fi
done
wait_all
