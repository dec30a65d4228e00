#!/bin/sh
# Build the stand-alone app into dist/, try it, and wrap it: a .deb where dpkg-deb exists, a tar.gz elsewhere.
set -eu
cd "$(dirname "$0")/.."

.venv/bin/pyinstaller --noconfirm --clean --log-level ERROR --distpath dist --workpath build/pyinstaller packaging/isocost.spec
.venv/bin/python tools/smoke.py

version="$(.venv/bin/python -c 'import isocost; print(isocost.__version__)')"
if ! command -v dpkg-deb >/dev/null; then
    tar -C dist -czf "dist/isocost-$version-$(uname -s)-$(uname -m).tar.gz" isocost
    exit 0
fi

architecture="$(dpkg --print-architecture)"
root=build/deb
rm -rf "$root"
mkdir -p "$root/DEBIAN" "$root/usr/lib" "$root/usr/bin" "$root/usr/share/applications" "$root/usr/share/mime/packages" \
    "$root/usr/share/icons/hicolor/scalable/apps" "$root/usr/share/doc/isocost"
cp -a dist/isocost "$root/usr/lib/isocost"
ln -s ../lib/isocost/isocost "$root/usr/bin/isocost"
cp packaging/linux/isocost.desktop "$root/usr/share/applications/"
cp packaging/linux/isocost-mime.xml "$root/usr/share/mime/packages/isocost.xml"
cp resources/icons/isocost.svg "$root/usr/share/icons/hicolor/scalable/apps/"
for folder in packaging/linux/icons/*; do
    size="$(basename "$folder")"
    mkdir -p "$root/usr/share/icons/hicolor/$size/apps"
    cp "$folder/isocost.png" "$root/usr/share/icons/hicolor/$size/apps/"
done
cp LICENSE "$root/usr/share/doc/isocost/copyright"
chmod -R u=rwX,go=rX "$root"
cat >"$root/DEBIAN/control" <<CONTROL
Package: isocost
Version: $version
Architecture: $architecture
Section: science
Priority: optional
Maintainer: Isocost contributors <isocost@localhost>
Depends: libc6 (>= 2.34), libegl1, libgl1, libxcb1, libx11-6
Description: plan what it costs to train a language model
 Sliders for the model, the data and the hardware drive a live estimate of
 cost, time and memory, with its range and its sources.
CONTROL
dpkg-deb --root-owner-group -Zzstd --build "$root" "dist/isocost_${version}_$architecture.deb" >/dev/null
rm -rf "$root"
echo "dist/isocost_${version}_$architecture.deb"
