#!/bin/sh
# mmdebstrap's customise hook: finishes the workspace's root file system.
#   customise.sh ROOT FOLDER    FOLDER holds desktop-entry.sh and menu.xml
set -eu
root=$1
folder=$2

install -m 755 "$folder/desktop-entry.sh" "$root/usr/local/bin/desktop-entry"
install -m 644 "$folder/menu.xml" "$root/etc/xdg/openbox/menu.xml"
chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash user

rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt "$root"/var/cache/debconf "$root"/var/log/* "$root"/root/.cache
