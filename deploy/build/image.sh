#!/bin/sh
# Makes an OCI image of a binary, without a daemon, a registry or a base: deploy/build/image.sh BINARY FOLDER
#
# FOLDER becomes an OCI layout with the tag `isocost:VERSION`. The image holds the binary, the libraries that it is linked to,
# certificates of authorities, and nothing else: no shell, no package manager. Debian 12 with umoci; as root, or anybody.
#   skopeo copy oci:FOLDER:VERSION docker://registry.example.com/isocost:VERSION
set -eu
binary=$(realpath "$1") folder=$(realpath -m "$2")
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^project(isocost VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
. deploy/build/of_binary.sh
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
umask 022
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

install -d "$root/usr/bin" "$root/etc/isocost" "$root/etc/ssl/certs" "$root/usr/share/doc/isocost"
stripped_to "$root/usr/bin/isocost"
# The loader stands where the binary looks for it; the libraries in one place that it searches.
put() { install -D -m 755 "$(realpath "$1")" "$root/$1"; }
put_libraries_of() {
  ldd "$1" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do put "$library"; done
}
put_libraries_of "$binary"
# The resolver's parts are loaded by name, and so is libpq, where the ledger is PostgreSQL's.
libc=$(ldd "$binary" 2>/dev/null | awk '$1 == "libc.so.6" { print $3 }')
if [ -n "$libc" ]; then
  libraries=$(dirname "$libc")
  for part in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
    [ ! -e "$libraries/$part" ] || put "$libraries/$part"
  done
  put "$libraries/libpq.so.5"
  put_libraries_of "$libraries/libpq.so.5"
fi
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
printf 'root:x:0:0:root:/:/nonexistent\nisocost:x:65532:65532:isocost:/var/lib/isocost:/nonexistent\n' >"$root/etc/passwd"
printf 'root:x:0:\nisocost:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
install -m 644 LICENSE "$root/usr/share/doc/isocost/"
python3 deploy/build/sbom.py "$binary" "$version" >"$root/usr/share/doc/isocost/sbom.cdx.json"
install -d "$root/proc" "$root/sys" "$root/dev"
install -d -m 1777 "$root/tmp"
install -d -m 700 "$root/var/lib/isocost"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
layer=$root.tar
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu -cf "$layer" --exclude=./var/lib/isocost .
tar -C "$root" --owner=65532 --group=65532 --numeric-owner --format=gnu -rf "$layer" ./var/lib/isocost
umoci init --layout "$folder"
umoci new --image "$folder:$version"
umoci raw add-layer --image "$folder:$version" --history.created "$date" --history.created_by "deploy/build/image.sh" "$layer"
rm -f "$layer"
umoci config --image "$folder:$version" --created "$date" --architecture "$architecture" --os linux \
  --config.user 65532:65532 --config.entrypoint /usr/bin/isocost \
  --config.cmd serve --config.cmd=--config --config.cmd /etc/isocost/isocost.yaml \
  --config.env PATH=/usr/bin --config.env STATE_DIRECTORY=/var/lib/isocost --config.volume /var/lib/isocost \
  --config.exposedports 8080/tcp --config.stopsignal SIGTERM --config.workingdir /var/lib/isocost \
  --config.label org.opencontainers.image.title=isocost --config.label org.opencontainers.image.version="$version" \
  --config.label org.opencontainers.image.revision="$revision" \
  --config.label org.opencontainers.image.licenses="Apache-2.0 AND ISC" \
  --config.label org.opencontainers.image.description="Inference router that sends each request where it costs least" \
  --no-history
umoci gc --layout "$folder"
echo "$folder:$version"
