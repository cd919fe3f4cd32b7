# Says whether this machine is quiet enough for figures to mean something. Sourced by run.sh.

# Prints "busy total steal" in clock ticks since the start of the machine.
ticks() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9, $9 }' /proc/stat; }

# Prints the reasons why it is not; nothing when it is.
disturbances() {
  compilers=$(pgrep -c -x 'cc1plus|cc1|clang.*|ld|lto1|rustc|go' || true)
  [ "$compilers" = 0 ] || echo "$compilers compilers are running"

  load=$(cut -d' ' -f1 /proc/loadavg)
  awk -v load="$load" -v cores="$(nproc)" 'BEGIN { exit !(load > 0.5 * cores) }' &&
    echo "the load average is $load on $(nproc) cores"

  set -- $(ticks)
  sleep 2
  set -- "$@" $(ticks)
  awk -v busy=$(($4 - $1)) -v total=$(($5 - $2)) -v steal=$(($6 - $3)) 'BEGIN {
    if (busy > 0.1 * total) printf "%.0f %% of the processors were busy before anything began\n", 100 * busy / total
    if (steal > 0.02 * total) printf "%.0f %% of the time was taken by other machines\n", 100 * steal / total
  }'
}
