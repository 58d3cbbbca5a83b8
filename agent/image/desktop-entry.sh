#!/bin/sh
# First process of a workspace (under tini): an X server with VNC, a window manager, a terminal.
# Reads VNC_PW (needed, its first 8 characters count) and VNC_GEOMETRY (WIDTHxHEIGHT).
# Ends when the X server ends: the container's exit is how the agent learns of it.
set -eu

: "${VNC_GEOMETRY:=1280x800}"
if [ -z "${VNC_PW:-}" ]; then
  echo "desktop-entry: VNC_PW is not set: refusing to start a desktop without a password" >&2
  exit 64
fi
export HOME="${HOME:-/home/user}" DISPLAY=:1

# A killed X server leaves these behind, and the next one would refuse to start.
rm -f /tmp/.X1-lock /tmp/.X11-unix/X1

# Made by whoever starts the X server, which as an ordinary user does not make it itself.
mkdir -p /tmp/.X11-unix
chmod 1777 /tmp/.X11-unix 2>/dev/null || true

umask 077
mkdir -p "$HOME/.vnc"
printf '%s\n' "$VNC_PW" | tigervncpasswd -f >"$HOME/.vnc/passwd"
umask 022
# Programs started from here on have no use for it.
unset VNC_PW

# Xvnc itself carries the clipboard since TigerVNC 1.8: no vncconfig needed. What is merely selected with the mouse
# (PRIMARY) stays inside, as KasmVNC has it: it would replace what the user copied outside at every double click.
# All users come from the gateway's address: a blacklist would lock all of them out after five in their handshake at
# once. The password is random, and this desktop's own.
Xvnc :1 -geometry "$VNC_GEOMETRY" -depth 24 -rfbport 5901 \
  -UseBlacklist=0 -SecurityTypes VncAuth -rfbauth "$HOME/.vnc/passwd" \
  -AlwaysShared -AcceptSetDesktopSize -SendPrimary=0 -noreset -nolisten tcp -desktop "$(hostname)" &
xvnc=$!
trap 'kill "$xvnc" 2>/dev/null; wait "$xvnc"; exit 0' TERM INT

tries=0
while [ ! -S /tmp/.X11-unix/X1 ]; do
  tries=$((tries + 1))
  if ! kill -0 "$xvnc" 2>/dev/null || [ "$tries" -gt 600 ]; then
    echo "desktop-entry: Xvnc did not come up" >&2
    exit 70
  fi
  sleep 0.05
done

hsetroot -solid '#33475b' || true
# The terminal comes from the window manager: one that maps its window before openbox listens stays unseen.
openbox --startup 'xterm -geometry 100x30+60+60' &

wait "$xvnc"
