#!/bin/sh
# Makes packages of a binary: deploy/build/package.sh BINARY FOLDER [deb] [tarball] [rpm]
#
# The binary is build/release/isocost for Debian 12, or one of deploy/build/static.sh for all systems: then the tarball has no needs.
# One for another processor takes qemu-user, by which it says what stands in its pages.
# A .deb and a tarball when nothing is said; an .rpm where rpmbuild is there. Debian 12 with what $package_packages of
# deploy/packages.sh lists. The version is that of CMakeLists.txt. With SOURCE_DATE_EPOCH (the last commit's time when it
# is not set) the same sources and binary give the same bytes.
set -eu
binary=$(realpath "$1") folder=$(mkdir -p "$2" && realpath "$2")
shift 2
[ $# -gt 0 ] || set -- deb tarball
cd "$(dirname "$0")/../.."
here=deploy/build

version=$(sed -n 's/^project(isocost VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
. $here/of_binary.sh
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The tree that all packages hold.
tree=$work/tree
install -d "$tree"
put() { install -D -m "$1" "$2" "$tree/$3"; }
install -d "$tree/usr/bin"
stripped_to "$tree/usr/bin/isocost"
caller_to "$work/isocost"
python3 $here/pages_of_help.py "$work/isocost" "$work/help" "$version"
gzip -9n "$work"/help/*.[15]
for page in "$work"/help/*.1.gz; do put 644 "$page" usr/share/man/man1/"$(basename "$page")"; done
for page in "$work"/help/*.5.gz; do put 644 "$page" usr/share/man/man5/"$(basename "$page")"; done
put 644 "$work/help/isocost.bash" usr/share/bash-completion/completions/isocost
put 644 "$work/help/_isocost" usr/share/zsh/vendor-completions/_isocost
put 644 "$work/help/isocost.fish" usr/share/fish/vendor_completions.d/isocost.fish
put 644 README.md usr/share/doc/isocost/README.md
put 644 ARCHITECTURE.md usr/share/doc/isocost/ARCHITECTURE.md
python3 $here/sbom.py "$binary" "$version" >"$work/sbom.cdx.json"
put 644 "$work/sbom.cdx.json" usr/share/doc/isocost/sbom.cdx.json
for page in deploy/docs/*.md; do put 644 "$page" usr/share/doc/isocost/deploy/docs/"$(basename "$page")"; done
for page in deploy/*.md deploy/*.schema.json deploy/examples/*.yaml; do put 644 "$page" usr/share/doc/isocost/"$page"; done
# What the pages name: the chart, alerts and dashboards, the list of hosts, units.
for page in $(find deploy/helm deploy/prometheus deploy/grafana -type f | sort) deploy/prometheus.yml deploy/compose.yaml \
  deploy/Dockerfile deploy/packages.sh deploy/catalogue.yaml deploy/isocost.service deploy/isocost.socket; do
  put 644 "$page" usr/share/doc/isocost/"$page"
done
# No sources to build an image of stand beside it.
packed=$tree/usr/share/doc/isocost/deploy/compose.yaml
sed -e 's|ISOCOST_CONFIG=[^ ]* docker|ISOCOST_IMAGE=registry.example.com/isocost:'"$version"' &|; s| --build$||' \
  -e '/^ *build:$/,/^ *dockerfile:/c\    image: ${ISOCOST_IMAGE:?the image that you made of the sources}' deploy/compose.yaml >"$packed"
put 644 deploy/examples/deepseek.yaml etc/isocost/isocost.yaml
sed -i -e 's|=\.\./isocost.schema.json|=/usr/share/doc/isocost/deploy/isocost.schema.json|' \
  -e 's|isocost check deploy/examples/deepseek.yaml|isocost check /etc/isocost/isocost.yaml|' "$tree/etc/isocost/isocost.yaml"
put 600 $here/keys.env etc/isocost/keys.env
put 644 $here/logrotate etc/logrotate.d/isocost
put 644 $here/sysusers usr/lib/sysusers.d/isocost.conf
install -d "$tree/usr/lib/systemd/system"
# The unit for hand-made installations, with the places and the user of a package.
sed -e '/^# /d' -e 's|/usr/local/|/usr/|g' -e 's|^DynamicUser=yes|User=isocost\nGroup=isocost|' \
  -e 's|^StateDirectory=isocost|&\nLogsDirectory=isocost|' deploy/isocost.service >"$tree/usr/lib/systemd/system/isocost.service"
sed '/^#/d' deploy/isocost.socket >"$tree/usr/lib/systemd/system/isocost.socket"
stamp() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }
. $here/"kinds.sh"

for kind in "$@"; do
  "make_$kind"
done
