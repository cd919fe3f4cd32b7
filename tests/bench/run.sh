#!/bin/bash
# Measures isocost beside nginx and beside no proxy at all, in turns, and prints every figure the project claims.
# Needs nginx, wrk, python3 and libbenchmark-dev; takes about eight minutes. Loopback only, ports 8080, 9000, 9001.
#
#   tests/bench/run.sh [--quick] [--anyway] [--build-time]
#     --quick       shorter turns, to see that it works
#     --anyway      report although the machine is not quiet, and say so in the report
#     --build-time  also time a clean release build, in a folder of its own and without ccache
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/bench/quiet.sh

quick=false anyway=false build_time=false
for argument in "$@"; do
  case $argument in
    --quick) quick=true ;;
    --anyway) anyway=true ;;
    --build-time) build_time=true ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

. tests/bench/start.sh

cmake --preset release -DISOCOST_BENCH=ON >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target isocost bench_load bench_mock_host plan_bench
rig=build/release/tests/bench

# Building has raised the load average, which falls by half in forty seconds.
for _ in {1..12}; do
  noise=$(disturbances)
  [ -n "$noise" ] || break
  $anyway && break
  sleep 15
done
if [ -n "$noise" ] && ! $anyway; then
  echo "This machine is not quiet, so the figures would mislead (--anyway reports them all the same):" >&2
  echo "$noise" >&2
  exit 3
fi

ulimit -n "$(ulimit -Hn)"
start 9000 $rig/bench_mock_host --seconds 3000
sed "s#FOLDER#$folder#g" tests/bench/nginx.conf >"$folder/nginx.conf"
start 9001 "$(PATH=$PATH:/usr/sbin command -v nginx)" -c "$folder/nginx.conf"
nginx_pid=$pid
# Starts the gateway with a configuration of tests/bench, in place of the one that runs. Sets $isocost_pid.
isocost_pid=
start_isocost() {
  [ -z "$isocost_pid" ] || { kill "$isocost_pid"; wait "$isocost_pid" || true; }
  start 8080 build/release/isocost serve --config "tests/bench/$1"
  isocost_pid=$pid
}
start_isocost one_host.yaml

path=v1/chat/completions
direct=direct=http://127.0.0.1:9000/$path
nginx=nginx=http://127.0.0.1:9001/$path
streaming_nginx=nginx=http://127.0.0.1:9001/streams/$path
isocost=isocost=http://127.0.0.1:8080/$path
if $quick; then rounds=2 turn=1 requests=1000 hold=6; else rounds=5 turn=4 requests=10000 hold=15; fi

echo "isocost benchmark, $(date -u +%Y-%m-%dT%H:%MZ)"
echo "machine   $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(free -g | awk '/Mem/{print $2}') GiB, Linux $(uname -r)"
echo "versions  isocost $(git describe --always --dirty 2>/dev/null || echo unknown), $(g++ --version | head -1), $(PATH=$PATH:/usr/sbin nginx -v 2>&1)"
if [ -n "$noise" ]; then
  echo "NOT QUIET, do not quote these figures:"
  echo "$noise" | sed 's/^/  /'
fi

failed=0
measure() {
  echo
  "$@" 2>>"$folder/steps" || { failed=1; echo "  MISSED: the exit status was not 0"; }
}

proxy_cost() {
  measure python3 tests/bench/proxy_cost.py --body-kib "$1" --rounds $rounds --seconds $turn \
    "nginx=http://127.0.0.1:9001/$path,$nginx_pid" "$2=http://127.0.0.1:8080/$path,$isocost_pid"
}
proxy_cost 1 isocost
proxy_cost 64 isocost
start_isocost one_host_policy.yaml
proxy_cost 1 ten_expressions
start_isocost one_host.yaml
measure $rig/bench_load latency --requests $requests $direct $nginx $isocost
measure $rig/bench_load rate --seconds $turn $direct $nginx $isocost
measure $rig/bench_load streams --rounds $rounds --seconds $((2 * turn)) $direct $streaming_nginx $isocost
measure $rig/bench_load streams --rounds 2 --seconds $((2 * turn)) --concurrent 1000 $direct $streaming_nginx $isocost
# Slow streams, on a gateway that has done nothing yet, so that "idle" is idle.
start_isocost one_host.yaml
measure $rig/bench_load hold --streams 9000 --seconds $hold --pid "$isocost_pid" $isocost
measure $rig/plan_bench --benchmark_min_time=0.5
measure $rig/admission_bench --benchmark_min_time=0.5
measure $rig/ledger_bench
measure tests/bench/money_cost.sh build/release/isocost "$turn" "$rounds"

if $build_time; then
  echo
  started_at=$(date +%s)
  cmake -S . -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
  CCACHE_DISABLE=1 cmake --build "$folder/build" --parallel "$(nproc)" --target isocost >/dev/null
  echo "clean release build of isocost: $(($(date +%s) - started_at)) s on $(nproc) cores"
fi
exit $failed
