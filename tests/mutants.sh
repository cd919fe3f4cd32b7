#!/bin/bash
# Whether the tests would notice: changes one constant, condition or statement at a time in the sources of deciding,
# billing, trying again, relaying and compliance, and runs the tests of that layer. Prints the changes that no test
# noticed, and counts at last. Exit status 1 when more than a tenth survived. Works on a copy in build/mutants.
#
#   tests/mutants.sh                                          60 mutants
#   tests/mutants.sh --count 200 --seed 7                     others
#   tests/mutants.sh --count 999 routing/terms/bill.cpp       all of a file
#   tests/mutants.sh --all routing/decision/cost.cpp:51       all of a line, with the tests that noticed
#   tests/mutants.sh --list 'routing/policy/*.cpp'            what could be changed
set -euo pipefail
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
exec python3 "$(dirname "$0")/mutants/mutants.py" "$@"
