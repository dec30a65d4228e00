#!/bin/sh
# Install a .deb into a clean Debian or Ubuntu, as root of a container or chroot, and use it as somebody who is nobody:
#   packaging/linux/try_deb.sh dist/isocost_0.1.0_amd64.deb
# First with what the package itself asks for and no more, then as a desktop that opens a plan with it.
set -eu
package="$(realpath "$1")"
user=planner

install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
# No variable of ours reaches the app, and its home is empty.
as_user() { su -s /bin/sh "$user" -c "cd; env -i HOME=\$HOME PATH=/usr/bin:/bin LANG=C.UTF-8 $*"; }

apt-get update -qq
# dpkg of slim images leaves out manual pages and copyrights, which are looked for below.
rm -f /etc/dpkg/dpkg.cfg.d/excludes /etc/dpkg/dpkg.cfg.d/docker
install "$package"
id "$user" >/dev/null 2>&1 || useradd --create-home "$user"

as_user isocost --version
as_user isocost estimate deepseek-r1
as_user isocost report deepseek-r1 -o report.pdf
as_user QT_QPA_PLATFORM=offscreen isocost --smoke
for held in copyright changelog.gz; do test -s "/usr/share/doc/isocost/$held"; done
gzip -t /usr/share/man/man1/isocost.1.gz

install desktop-file-utils hicolor-icon-theme shared-mime-info xdg-utils libglib2.0-bin xvfb xauth man-db
as_user xvfb-run -a env QT_QPA_PLATFORM=xcb isocost --smoke
desktop-file-validate /usr/share/applications/isocost.desktop
as_user man --warnings isocost >/dev/null
as_user cp /usr/lib/isocost/_internal/isocost/presets/startup-7b.yaml plan.isocost
as_user gio info -a standard::content-type plan.isocost | grep -q application/x-isocost+yaml
as_user gio mime application/x-isocost+yaml | grep -q isocost.desktop

# A stand-in for the window says what a desktop hands it when a plan is opened.
home="$(getent passwd "$user" | cut -d: -f6)"
mkdir -p "$home/bin"
printf '#!/bin/sh\necho "$@" >"%s/opened"\n' "$home" >"$home/bin/isocost"
chmod 755 "$home/bin/isocost"
chown -R "$user" "$home/bin"
su -s /bin/sh "$user" -c "cd; env -i HOME=\$HOME PATH=\$HOME/bin:/usr/bin:/bin XDG_CURRENT_DESKTOP=GNOME \
    xvfb-run -a sh -c 'xdg-open plan.isocost; sleep 2'"
grep -q "$home/plan.isocost" "$home/opened"
echo "$package: installs, prices, draws and opens plans"
