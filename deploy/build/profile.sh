#!/bin/bash
# Makes deploy/build/profile.tar.zst anew: how often each branch of the gateway is taken under load, by which the release
# build is compiled (CMakeLists.txt, ISOCOST_PROFILE). GCC 12.2 on x86-64. Worth its ten minutes before a release, and
# where the way of a request has changed much: what is known of a function is used for as long as its branches stay the
# same and its file is compiled together with the same others, which a new file in its room may change.
#
# Then deploy/build/start.tar.zst, by which what a start runs lies together: start_order.py. That takes valgrind.
#
#   deploy/build/profile.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

# As deep as build/release: the profile names sources by their path from there.
build=build/train
cmake --preset release -B $build -DISOCOST_PROFILE=make >/dev/null
cmake --build $build --target isocost --parallel "$(nproc)"
rm -rf $build/profile
ISOCOST=$build/isocost python3 deploy/build/train.py

# Without times and owners, so that the same runs make the same file.
tar -C $build/profile --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c . | zstd -19 -q -f -o deploy/build/profile.tar.zst
ls -l deploy/build/profile.tar.zst

# Of a program that has no order yet: valgrind knows no functions in a section of another name.
rm -f deploy/build/start.tar.zst
cmake --preset release >/dev/null
cmake --build --preset release --target isocost --parallel "$(nproc)"
deploy/build/start_order.py build/release/isocost deploy/build/start.tar.zst
ls -l deploy/build/start.tar.zst
