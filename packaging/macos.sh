#!/bin/sh
# Make dist/Isocost-VERSION-MACHINE.dmg of dist/Isocost.app, after packaging/build.sh. Runs in the release workflow. The app
# is signed ad hoc, which Apple's processors ask of any program; nobody vouches for it, so Gatekeeper asks before it opens.
set -eu
cd "$(dirname "$0")/.."
image=build/dmg

version="$(.venv/bin/python -c 'import isocost; print(isocost.__version__)')"
disk="dist/Isocost-$version-$(uname -m).dmg"
rm -rf "$image" "$disk"
mkdir -p "$image"
codesign --force --deep --sign - dist/Isocost.app
cp -R dist/Isocost.app dist/isocost/licences LICENSE "$image/"
ln -s /Applications "$image/Applications"
hdiutil create -quiet -volname Isocost -srcfolder "$image" -format UDZO "$disk"
rm -rf "$image"
echo "$disk"
