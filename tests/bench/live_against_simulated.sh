#!/bin/sh
# What is simulated must be what runs: see live_against_simulated.py. Builds the release binary first.
set -eu
cd "$(dirname "$0")/../.."
cmake --preset release >/dev/null
cmake --build --preset release --target isocost
exec python3 tests/bench/live_against_simulated.py "$@"
