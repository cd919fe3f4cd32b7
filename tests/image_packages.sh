#!/bin/sh
# Fails when the binary given is linked to a library that the packages of the container image do not bring.
. deploy/packages.sh
bad=0
needed=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' ')
# What those need in turn comes with their packages.
for library in $(ldd "$1" | awk -v needed=" $needed" '$2 == "=>" && index(needed, " " $1 " ") { print $3 }'); do
  # Where /lib is a link to /usr/lib, a package may know its file by either name.
  package=$(dpkg-query -S "$library" "/usr$library" 2>/dev/null | sed 's/:.*//;q')
  # The C library comes with every image.
  case " $(echo $run_packages) libc6 libgcc-s1 " in
    *" $package "*) ;;
    *) echo "$library, of ${package:-no package}, is not in \$run_packages of deploy/packages.sh"; bad=1 ;;
  esac
done
exit $bad
