# How each kind of package is made of $tree. Sourced by package.sh.

make_tarball() {
  name=isocost-$version-linux-$machine
  root=$work/tarball/$name
  mkdir -p "$root"
  cp -a "$tree"/usr/bin/isocost README.md ARCHITECTURE.md LICENSE CHANGELOG.md "$root"/
  cp -a "$tree"/usr/share/doc/isocost/deploy "$root"/deploy
  cp -a "$tree"/usr/share/man "$tree"/usr/share/bash-completion "$tree"/usr/share/zsh "$tree"/usr/share/fish "$root"/
  cp -a "$tree"/usr/share/doc/isocost/sbom.cdx.json "$root"/
  stamp "$root"
  tar -C "$work/tarball" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu -c "$name" | gzip -9n >"$folder/$name.tar.gz"
  echo "$folder/$name.tar.gz"
}

make_deb() {
  root=$work/deb
  cp -a "$tree" "$root"
  install -d "$root/DEBIAN"
  sed "s/@VERSION@/$version/; s/@DATE@/$(date -R -d "@$SOURCE_DATE_EPOCH")/" $here/debian/changelog | gzip -9n \
    >"$root/usr/share/doc/isocost/changelog.gz"
  install -m 644 $here/debian/copyright "$root/usr/share/doc/isocost/copyright"
  install -D -m 644 $here/debian/lintian-overrides "$root/usr/share/lintian/overrides/isocost"
  install -m 755 $here/debian/postinst $here/debian/prerm $here/debian/postrm "$root/DEBIAN"
  (cd "$root" && find etc -type f | sort | sed 's|^|/|') >"$root/DEBIAN/conffiles"
  # What the binary is linked to, as Debian's own tools see it.
  mkdir -p "$work/control/debian"
  printf 'Source: isocost\n\nPackage: isocost\nArchitecture: any\n' >"$work/control/debian/control"
  depends=$(cd "$work/control" && dpkg-shlibdeps -O -e"$root/usr/bin/isocost" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
  [ -n "$depends" ] || cat $here/debian/lintian-overrides-static >>"$root/usr/share/lintian/overrides/isocost"
  # libpq is loaded where the ledger is PostgreSQL's; a static program has it within.
  sed -e "s/@RECOMMENDS@/${depends:+Recommends: libpq5}/; /^$/d" \
    -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/${depends:+$depends, }/" \
    -e "s/@SIZE@/$(du -sk --apparent-size "$root" | cut -f1)/" $here/debian/control >"$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  stamp "$root"
  dpkg-deb --root-owner-group -Zxz --build "$root" "$folder/isocost_${version}_$architecture.deb" >/dev/null
  echo "$folder/isocost_${version}_$architecture.deb"
}

make_rpm() {
  needed=$(readelf -d "$tree/usr/bin/isocost" | grep NEEDED || true)
  stamp "$tree"
  sed "s/@VERSION@/$version/" $here/isocost.spec >"$work/isocost.spec"
  rpmbuild -bb --quiet --target "$machine" --define "_topdir $work/rpm" --define "tree $tree" --define "_rpmdir $folder" \
    ${needed:+--define "loaded libpq.so.5()(64bit)"} --define "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm" --define "_buildhost localhost" \
    --define "source_date_epoch_from_changelog 0" --define "use_source_date_epoch_as_buildtime 1" \
    --define "clamp_mtime_to_source_date_epoch 1" --define "_binary_payload w6.xzdio" "$work/isocost.spec" >/dev/null
  ls "$folder"/isocost-"$version"-*.rpm
}
