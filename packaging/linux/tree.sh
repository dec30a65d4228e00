#!/bin/sh
# Lay out what Linux installs below a folder: packaging/linux/tree.sh ROOT. The .deb and the AppImage are made of it.
set -eu
cd "$(dirname "$0")/../.."
root="$1"
share="$root/usr/share"

rm -rf "$root"
mkdir -p "$root/usr/bin" "$root/usr/lib" "$share/applications" "$share/mime/packages" "$share/metainfo" \
    "$share/icons/hicolor/scalable/apps" "$share/icons/hicolor/scalable/mimetypes" "$share/man/man1" "$share/doc/isocost"
cp -a dist/isocost "$root/usr/lib/isocost"
rm -rf "$root/usr/lib/isocost/licences"
ln -s ../lib/isocost/isocost "$root/usr/bin/isocost"
cp packaging/linux/isocost.desktop "$share/applications/"
cp packaging/linux/isocost-mime.xml "$share/mime/packages/isocost.xml"
cp packaging/linux/org.isocost.Isocost.metainfo.xml "$share/metainfo/"
cp -a packaging/linux/icons/* "$share/icons/hicolor/"
cp resources/icons/isocost.svg "$share/icons/hicolor/scalable/apps/"
cp packaging/isocost-plan.svg "$share/icons/hicolor/scalable/mimetypes/application-x-isocost.svg"
.venv/bin/python tools/man_page.py | gzip -9n >"$share/man/man1/isocost.1.gz"
gzip -9nc CHANGELOG.md >"$share/doc/isocost/CHANGELOG.md.gz"
{
    cat dist/isocost/licences/README.md
    echo
    cat LICENSE
    for text in dist/isocost/licences/*.txt; do
        printf '\n%s\n\n' "================================================================================"
        cat "$text"
    done
} >"$share/doc/isocost/copyright"
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f -exec chmod u=rwX,go=rX {} +
# Libraries and data are read, not run.
find "$root" -type f \( -name '*.so' -o -name '*.so.*' -o -path '*/isocost/resources/*' -o -path '*/isocost/presets/*' \) \
    -exec chmod 644 {} +
