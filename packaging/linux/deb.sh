#!/bin/sh
# Make dist/isocost_VERSION_ARCHITECTURE.deb of dist/isocost. Who it is from: DEBFULLNAME and DEBEMAIL, as in Debian's own
# tools; where it is at home: HOMEPAGE.
set -eu
cd "$(dirname "$0")/../.."
root=build/deb

sh packaging/linux/tree.sh "$root"
version="$(.venv/bin/python -c 'import isocost; print(isocost.__version__)')"
architecture="$(dpkg --print-architecture)"
depends="$(.venv/bin/python tools/system_needs.py dist/isocost)"
maintainer="${DEBFULLNAME:-Isocost contributors} <${DEBEMAIL:-isocost@packages.invalid}>"
# Debian's own form of a change log, which its tools read; what changed is in ours.
gzip -9n >"$root/usr/share/doc/isocost/changelog.gz" <<CHANGELOG
isocost ($version) unstable; urgency=medium

  * See CHANGELOG.md.gz.

 -- $maintainer  $(LC_ALL=C date --utc --date="@${SOURCE_DATE_EPOCH:-$(date +%s)}" '+%a, %d %b %Y %T +0000')
CHANGELOG
chmod 644 "$root/usr/share/doc/isocost/changelog.gz"
mkdir "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: isocost
Version: $version
Architecture: $architecture
Section: science
Priority: optional
Maintainer: $maintainer
Installed-Size: $(du -k --apparent-size -s "$root/usr" | cut -f1)
Depends: $depends
${HOMEPAGE:+Homepage: $HOMEPAGE
}Recommends: desktop-file-utils, hicolor-icon-theme, shared-mime-info, xdg-utils
Description: plan what it costs to train a language model
 Sliders for the model, the data and the hardware drive a live estimate of
 cost, time and memory, with its range and its sources. A plan is solved
 backwards for a budget and a deadline, compared with others, explained
 number by number, and printed on one page for whoever decides.
CONTROL
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs -d '\n' md5sum) >"$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group -Zxz --build "$root" "dist/isocost_${version}_$architecture.deb" >/dev/null
rm -rf "$root"
echo "dist/isocost_${version}_$architecture.deb"
