#!/bin/bash
# Compares isocost's routing with other routers' ways and writes deploy/comparison.md, from a clean checkout.
#
#   deploy/compare.sh                 with a made-up Poisson trace of Azure's published lengths
#   deploy/compare.sh TRACE.csv       with a recorded trace, such as Azure's LLM inference trace 2023
#   SEEDS=1-3 deploy/compare.sh       fewer seeds than the 20 that are reported
#   LIVE=1 deploy/compare.sh          with what runs live, which takes 40 minutes more; those figures stay on the page otherwise
#
# Seeds 1-20 were used while the core was tuned; those reported are others.
set -euo pipefail
cd "$(dirname "$0")/.."
trace=${1:-}
seeds=${SEEDS:-1001-1020}
page=deploy/comparison.md
isocost=${ISOCOST:-build/release/isocost}
if [ ! -x "$isocost" ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release --parallel 2 --target isocost
fi

new=$(mktemp)
trap 'rm -f "$new"' EXIT
# A heading, a sentence, and the table of one run.
table() {
  local title=$1 about=$2
  shift 2
  local status=0 rows
  [[ " $* " == *" --seeds "* ]] || set -- --seeds "$seeds" "$@"
  rows=$("$isocost" simulate "$@" --markdown) || status=$?
  # 2: rows of the trace were left out, which the command has said.
  [ $status = 0 ] || [ $status = 2 ] || exit $status
  printf '\n## %s\n\n%s\n\n%s\n' "$title" "$about" "$rows" >>"$new"
}
# What a script of tests/bench said last: the lines that judge. One that misses a bar is told, and shown.
ran() {
  ISOCOST=$isocost python3 "tests/bench/$1" 2>/dev/null | grep -v '^  ' || [ "${PIPESTATUS[0]}" = 1 ]
}
live() {
  if [ -z "${LIVE:-}" ]; then
    sed -n '/^## Live$/,/^## /{/^## Live$/p;/^## /!p}' "$page" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
    return
  fi
  cat <<'TEXT'
## Live

The program itself before simulated hosts that listen. First what it did beside what the simulation of the same fleet and trace says, by how
much they differ (`tests/bench/live_against_simulated.py`); then own machines of three to six slots near what they can do, behind
isocost and behind nginx's round robin, at 3.6 $/h by what clients saw, a failed request fined like ten
(`tests/bench/live_round_robin.py`).

TEXT
  ran live_against_simulated.py | sed 's/^/    /'
  echo
  ran live_round_robin.py | sed 's/^/    /'
}
# The trace at a rate, or its stand-in.
at() { if [ -n "$trace" ]; then echo --trace "$trace" --rate "$1"; else echo --trace "poisson:$1"; fi; }

cat >"$new" <<'END'
# How isocost compares

Made by `deploy/compare.sh`; every figure comes from `isocost simulate`, which runs the code that routes live traffic
against simulated hosts, and other routers' ways beside it: same requests, same luck, same retry loop. The hosts are
made up, another market for every seed (`made-up:8`), so a table says how well each way of choosing works, and not
how any real provider does.

*Regret* is how much more a request costs than with an oracle that knows the true state of every host, does not look
ahead and never asks twice; dollars and seconds together at 3.6 $/h, with its standard error over seeds. Baselines that
know no price are judged by something they do not optimise, so look at the other columns as well: dollars per 1,000
requests, seconds to the first token, the 99th percentile of the whole answer, first tokens within 2 s, requests nobody
answered, attempts and second requests.
END
traffic="made-up Poisson traffic"
[ -z "$trace" ] || traffic="the trace $(basename "$trace")"
printf '\nSeeds %s; %s.\n' "$seeds" "$traffic" >>"$new"
everybody=(--policy balanced balanced-hedge --baseline all)
# shellcheck disable=SC2046  # lists of words
{
  table "Where it loses" "$(cat <<'END'
Two hundred worlds drawn from wide priors (`routing/simulation/drawn_world.hpp`), none of which it was tuned in, three seeds each:
the cost of `balanced` over that of the best baseline of each world, a failed request fined like ten. Lost worlds stand below:
full hosts, where it fails more often than who asks blindly, and hosts with few slots; `at least` is the lower end of the 95 %
interval of three runs.
END
)" --worlds 1001-1200 --seeds 1001-1003 --policy balanced --baseline all
  { echo && live; } >>"$new"
  table "Eight hosts, 5.5 requests/s" "The usual case." --fleet made-up:8 $(at 5.5) "${everybody[@]}"
  table "The same, hosts that switch regimes" \
    "Another family of dynamics, with a bootstrap of a recorded host's tail." \
    --fleet made-up:8 $(at 5.5) --world regimes "${everybody[@]}"
  table "Little traffic: 0.55 requests/s" "Everybody knows less." --fleet made-up:8 $(at 0.55) "${everybody[@]}"
  table "Hardly any traffic: 0.05 requests/s" "One request in 20 s: what is known of a host is old when it is needed." \
    --fleet made-up:8 --trace poisson:0.05 --requests 5000 "${everybody[@]}"
  table "The same, sixty hosts" "Most of them cannot be tried often enough." \
    --fleet made-up:60 --trace poisson:0.05 --requests 5000 "${everybody[@]}"
  table "Twenty hosts" "More to choose from, and to learn." --fleet made-up:20 $(at 5.5) "${everybody[@]}"
  table "Three hosts" "Overloaded in many markets: whatever one does, many wait or are refused." \
    --fleet made-up:3 $(at 5.5) "${everybody[@]}"
  table "27 requests/s" "More than eight hosts can bear." --fleet made-up:8 $(at 27) "${everybody[@]}"
  table "Bursts" "Quiet, and five times as much for half a minute now and then." \
    --fleet made-up:8 --trace bursts:5.5 "${everybody[@]}"
  table "Code: long prompts, short answers" "Lengths as published of Azure's code traffic." \
    --fleet made-up:8 --trace poisson:5.5 --traffic code "${everybody[@]}"
  table "Long context" "16,000 tokens in the median." \
    --fleet made-up:8 --trace poisson:2 --traffic long-context "${everybody[@]}"
  table "Conversations" "Each prompt begins with all that was said before." \
    --fleet made-up:8 --trace conversations:5.5 --policy balanced balanced-cache --baseline all
  table "What each part is worth" "The core without one of its parts." --fleet made-up:8 $(at 5.5) \
    --policy balanced balanced-size balanced-load balanced-explore balanced-hedge
  table "What an hour is worth" "The same market under other values of time; regret is still judged at 3.6 \$/h." \
    --fleet made-up:8 $(at 5.5) --policy '0.36 $/h' '1 $/h' '3.6 $/h' '18 $/h' '60 $/h' --baseline openrouter-2026
  table "DeepSeek R1, mid-2025" "The market that comes with isocost, deploy/examples/fleet-deepseek-r1.yaml." \
    --fleet deploy/examples/fleet-deepseek-r1.yaml --trace poisson:1 --policy batch balanced interactive \
    --baseline cheapest inverse-square litellm-latency peak-ewma openrouter-2026
}
cp "$new" "$page"
echo "wrote $page"
