#!/bin/sh
# Fails when a room includes one that tests/rooms.tsv does not let it use or does not use one that it may, a layer uses a
# library it may not, routing/ or config/ touch I/O, real time or real randomness, the life of a request names an API or a
# host, a test compares with doctest::Approx, a room has outgrown itself, or ARCHITECTURE.md shows other rooms. Run in the
# project's folder.
bad=0
forbid() { if grep -rnE --include='*.hpp' --include='*.cpp' "$2" $1; then echo "  ^ not allowed in $1"; bad=1; fi; }
forbid "config routing" '#include <(boost/(asio|beast)|openssl|prometheus)/'
forbid "routing providers gateway" '#include <yaml-cpp/'
forbid "config routing providers"  '#include <prometheus/'
# doctest's Approx says of anything small that it is equal: tests/support/close.hpp says why, and what to write.
forbid tests       '\<Approx\('
# The life of a request knows APIs by what they can do, and hosts by their facts (providers/dialect/host_facts).
forbid "gateway/request gateway/tab gateway/serving gateway/answer gateway/continuation" \
  '\<(Format|Dialect)::[a-z]|"[a-z0-9.-]+\.(com|ai|net|io|org)"'
# Who runs in a gateway is given its clock, and all else that asks what a calendar says asks in one place.
forbid "config routing providers gateway --exclude=wall_clock.hpp" 'system_clock::now|[^_a-z]time\((nullptr|NULL|0)\)'
forbid "gateway/run gateway/ledger gateway/record_file gateway/redis gateway/request gateway/tab gateway/serving gateway/observe gateway/http" \
  'system_wall\(\)'
forbid routing     '::now\(\)|random_device|sleep_for|std::(cout|cerr)|std::getenv'

layers="config routing providers gateway"
grep -rnE --include='*.hpp' --include='*.cpp' '^#include "' $layers | awk -F: -v layers="$layers" '
  BEGIN {
    split(layers, order, " "); for (i in order) rank[order[i]] = i
    while ((getline line < "tests/rooms.tsv") > 0) {
      if (line ~ /^#/) continue
      split(line, part, "\t"); split(part[2], uses, " ")
      known[part[1]] = 1; number[part[1]] = ++rooms
      for (i in uses) {
        may[part[1], uses[i]] = 1
        # Lowest first: no room may use a later one of its layer, nor one of a later layer.
        if (rank[layer(uses[i])] > rank[layer(part[1])] || (layer(uses[i]) == layer(part[1]) && !(uses[i] in known))) {
          print "tests/rooms.tsv: " part[1] " stands before " uses[i] ", which it uses"; bad = 1
        }
      }
    }
  }
  function layer(room) { sub(/\/.*/, "", room); return room }
  function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
  {
    split($3, quoted, "\""); here = folder($1); there = folder(quoted[2])
    if (!(here in known)) { print $1 ": " here " is no room of tests/rooms.tsv"; bad = 1 }
    else if (there != here && !((here, there) in may)) { print $1 ":" $2 ": " here " may not use " quoted[2]; bad = 1 }
    used[here, there] = 1
  }
  END {
    for (each in may) if (!(each in used)) {
      split(each, two, SUBSEP)
      print "tests/rooms.tsv: " two[1] " does not use " two[2] ", which it may"
      bad = 1
    }
    exit bad
  }' || bad=1

# Surfaces and dialects may be small, and so may tests.
for room in $(sed '/^#/d' tests/rooms.tsv | cut -f1); do
  files=$(find "$room" -maxdepth 1 -name '*.?pp' | wc -l)
  [ "$files" -le 40 ] || { echo "$room has $files files: cut it"; bad=1; }
  case $room in
    gateway | gateway/surfaces* | providers/dialects*) ;;
    *) [ "$files" -ge 5 ] || { echo "$room has only $files files"; bad=1; } ;;
  esac
done

sed '/^#/d' tests/rooms.tsv | awk -F'\t' '{ print "| `" $1 "` | " $3 " |" }' >"${TMPDIR:-/tmp}/rooms.$$"
grep -E '^\| `(config|routing|providers|gateway)(/[a-z0-9_/]+)?` \|' ARCHITECTURE.md | diff - "${TMPDIR:-/tmp}/rooms.$$" ||
  { echo "  ^ ARCHITECTURE.md (<) and tests/rooms.tsv (>) show other rooms"; bad=1; }
rm -f "${TMPDIR:-/tmp}/rooms.$$"
exit $bad
