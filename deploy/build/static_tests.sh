#!/bin/sh
# Tests where deploy/build/static.sh has just built a program, another processor's by qemu: static_tests.sh PROGRAM [OPTIONS OF CMAKE]
#
# The program says what it is, checks a configuration and answers a request of the simulated market; then the unit tests of
# $TESTS (of all four; none when empty) are built without optimisation and run. Within the clean root of static.sh; loopback only.
set -eu
binary=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
. deploy/packages.sh
. deploy/build/of_binary.sh
isocost() { $emulator "$binary" "$@"; }

isocost --version --verbose
DEEPSEEK_API_KEY=sk-0123456789abcdef0123 isocost check deploy/examples/deepseek.yaml
STATE_DIRECTORY=$(mktemp -d)
export STATE_DIRECTORY
said=$STATE_DIRECTORY/said
$emulator "$binary" serve --listen 127.0.0.1:0 >"$said" 2>&1 & server=$!
trap 'kill $server 2>/dev/null; rm -rf "$STATE_DIRECTORY"' EXIT
tries=0
address() { sed -n 's|.*listening on \(http://[0-9.:]*\).*|\1|p' "$said"; }
until isocost health --url "$(address)" >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] && kill -0 $server || { cat "$said" >&2; exit 1; }
  sleep 0.2
done
for stream in false true; do
  curl -sSf -m 60 "$(address)/v1/chat/completions" -H 'Content-Type: application/json' \
    -d '{"model": "deepseek/deepseek-r1:fastest", "stream": '$stream', "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}' \
    >"$STATE_DIRECTORY/answer"
  grep -q '"choices"' "$STATE_DIRECTORY/answer"
done
kill $server
wait $server
echo "answered with status 200, plain and streamed, and ended with status 0"

[ -n "${TESTS=config routing providers gateway}" ] || exit 0
cmake --preset asan -B build/tests_of_static -DCMAKE_CXX_FLAGS=-O0 -DCMAKE_CXX_FLAGS_DEBUG= -DCCACHE= "$@"
for test in $TESTS; do
  cmake --build build/tests_of_static --target ${test}_tests --parallel "$(build_jobs)"
  $emulator build/tests_of_static/tests/${test}_tests
done
