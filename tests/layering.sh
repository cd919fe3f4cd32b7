#!/bin/sh
# Fails when a folder includes a folder above it, uses a library it may not, or when routing/ or config/
# touch I/O, real time or real randomness.
bad=0
forbid() { if grep -rnE --include='*.hpp' --include='*.cpp' "$2" $1; then echo "  ^ not allowed in $1"; bad=1; fi; }
forbid config      '#include "(routing|providers|gateway)/'
forbid routing     '#include "(providers|gateway)/'
forbid providers   '#include "gateway/'
forbid "config routing" '#include <(boost/(asio|beast)|openssl|prometheus)/'
forbid "routing providers gateway" '#include <yaml-cpp/'
forbid "config routing providers"  '#include <prometheus/'
forbid routing     '::now\(\)|random_device|sleep_for|std::(cout|cerr)|std::getenv'
exit $bad
