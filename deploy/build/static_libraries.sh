#!/bin/sh
# Makes the archives that a static isocost needs and Debian's packages lack: deploy/build/static_libraries.sh FOLDER
#
# simdjson and the core of prometheus-cpp, of which Debian has shared libraries alone, and a libpq without Kerberos and LDAP, of
# which it has no archives. All out of Debian's own sources, whose signatures apt checks; the headers are those of the -dev
# packages. Debian 12 with what $build_packages and $static_packages of deploy/packages.sh list; nothing of this machine changes.
# With HOST (aarch64-linux-gnu) for another machine's processor.
set -eu
mkdir -p "$1"
folder=$(realpath "$1")
host=${HOST:-$(gcc -dumpmachine)}
# As CMakeLists.txt has it for isocost itself, but for what only x86 knows.
flags="-O2 -fPIE -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$folder=."
case $host in x86_64-*) flags="$flags -fcf-protection" ;; esac

sources=$folder/sources
mkdir -p "$sources/apt/lists/partial" "$sources/apt/cache/archives/partial"
# Where this machine has its packages from it has their sources from, too.
mkdir -p "$sources/apt/parts"
sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$sources/apt/sources.list" 2>/dev/null || true
for each in /etc/apt/sources.list.d/debian.sources; do
  [ ! -f "$each" ] || sed 's/^Types:.*/Types: deb-src/' "$each" >"$sources/apt/parts/debian.sources"
done
places="-o Dir::Etc::sourcelist=$sources/apt/sources.list -o Dir::Etc::sourceparts=$sources/apt/parts
  -o Dir::State::lists=$sources/apt/lists -o Dir::Cache=$sources/apt/cache -o APT::Sandbox::User=root"
apt="apt-get -q $places" apt_cache="apt-cache $places"
# The newest that the mirror has: it may name a repair before its sources are there. The folder is the name of the source
# with the version, so one that was fetched before counts.
fetch() {
  set -- "$1" "$sources/$1"-*/
  if [ ! -d "$2" ]; then
    for version in $($apt_cache showsrc "$1" | sed -n 's/^Version: //p' | sort -rVu); do
      if (cd "$sources" && $apt source "$1=$version") >&2; then break; fi
      echo "static_libraries.sh: the mirror has no sources of $1 $version; is there an older one?" >&2
    done
  fi
  ls -d "$sources/$1"-*/
}
# archive NAME COMPILER FLAGS FILES...: an archive in which the same files always give the same bytes
archive() {
  name=$1 compile="$2 $flags $3"
  shift 3
  objects=$sources/objects-$name
  rm -rf "$objects" "$folder/lib$name.a"
  mkdir -p "$objects"
  for file in "$@"; do
    $compile -c "$file" -o "$objects/$(echo "${file#"$sources"/}" | tr / _).o"
  done
  "$host-ar" rcsD "$folder/lib$name.a" "$objects"/*.o
}

$apt update >&2
simdjson=$(fetch simdjson)
archive simdjson "$host-g++" "-std=c++20 -I$simdjson/include -I$simdjson/src" "$simdjson/src/simdjson.cpp"

prometheus=$(fetch prometheus-cpp)
archive prometheus-cpp-core "$host-g++" "-std=c++20" $(find "$prometheus/core/src" -name '*.cc' | sort)

postgresql=$(fetch postgresql-15)
made=$sources/libpq
rm -rf "$made"
mkdir -p "$made"
(
  cd "$made"
  "$postgresql/configure" --quiet --host="$host" CC="$host-gcc" CFLAGS="$flags" AR="$host-ar" --disable-rpath --with-ssl=openssl \
    --without-gssapi --without-ldap --without-readline --without-zlib --without-icu --with-system-tzdata=/usr/share/zoneinfo
  make -s -C src/backend generated-headers
  make -s -C src/common libpgcommon_shlib.a
  make -s -C src/port libpgport_shlib.a
  make -s -C src/interfaces/libpq libpq.a
) >"$sources/libpq.log" 2>&1 || { tail -20 "$sources/libpq.log" >&2; exit 1; }
cp "$made/src/interfaces/libpq/libpq.a" "$folder/libpq.a"
cp "$made/src/common/libpgcommon_shlib.a" "$folder/libpgcommon.a"
cp "$made/src/port/libpgport_shlib.a" "$folder/libpgport.a"
ls -l "$folder"/*.a
