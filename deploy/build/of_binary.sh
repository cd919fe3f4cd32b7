# Of which processor $binary is ($machine as uname says it, $architecture as Debian does) and how it runs and is stripped here: one
# for another processor by qemu (qemu-user) and as static.sh has stripped it. Sourced by package.sh and image.sh.
case $(od -An -tx1 -j18 -N1 "$binary" | tr -d ' ') in
  3e) machine=x86_64 architecture=amd64 ;;
  b7) machine=aarch64 architecture=arm64 ;;
  *) echo "$binary is no program for x86-64 or arm64" >&2; exit 1 ;;
esac
emulator=
if [ "$machine" != "$(uname -m)" ]; then
  emulator=$(command -v "qemu-$machine" || command -v "qemu-$machine-static") ||
    { echo "$binary is for $machine: install qemu-user, by which it says here what it is" >&2; exit 1; }
fi

stripped_to() {
  if [ -z "$emulator" ]; then
    strip --strip-unneeded -o "$1" "$binary"
  elif command -v "$machine-linux-gnu-strip" >/dev/null; then
    "$machine-linux-gnu-strip" --strip-unneeded -o "$1" "$binary"
  else
    install -m 755 "$binary" "$1"
  fi
}

# A program that is $binary, whoever calls it.
caller_to() {
  printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$emulator" "$binary" >"$1"
  chmod 755 "$1"
}
