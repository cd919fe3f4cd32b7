#!/bin/sh
# A PostgreSQL server of a test's own, from Debian's packages: on a socket in DIRECTORY and, where one is named, a port of
# loopback. Its user is `isocost`, who may make databases; the password is "of-the-tests".
#
#   postgres.sh start DIRECTORY [PORT]     (DIRECTORY is made; one that runs goes on)
#   postgres.sh stop DIRECTORY [MODE]      (fine where none runs)
#   postgres.sh version
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed" >&2; exit 3; }
# The server does not run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/tmp "$@"
  else
    "$@"
  fi
}
runs() { as_owner "$bin/pg_ctl" -D "$1/data" status >/dev/null 2>&1; }
cd /
case $1 in
  version) "$bin/postgres" --version ;;
  start)
    runs "$2" && exit 0
    mkdir -p "$2"
    [ "$(id -u)" != 0 ] || chown postgres: "$2"
    chmod 755 "$2"
    if [ ! -d "$2/data" ]; then
      printf of-the-tests | as_owner tee "$2/password" >/dev/null
      as_owner "$bin/initdb" -D "$2/data" -U isocost -A scram-sha-256 --pwfile="$2/password" --no-sync -E UTF8 \
        --locale=C.UTF-8 >"$2.initdb" 2>&1 || { cat "$2.initdb" >&2; exit 1; }
      rm -f "$2.initdb"
    fi
    listen=
    [ -z "${3:-}" ] || listen="-c listen_addresses=127.0.0.1 -p $3"
    as_owner "$bin/pg_ctl" -D "$2/data" -l "$2/log" -w -t 30 \
      -o "-k $2 ${listen:--c listen_addresses=} -c shared_buffers=32MB" start >/dev/null || { cat "$2/log" >&2; exit 1; }
    ;;
  stop) ! runs "$2" || as_owner "$bin/pg_ctl" -D "$2/data" -m "${3:-immediate}" -w stop >/dev/null ;;
esac
