#!/bin/sh
# Before a command of npm: installs the packages where they are missing, or older than the list of
# them. Node.js 24 is one of them, because npm itself may run on an older one.
# `setup.sh start` leaves packages alone that `npm ci --omit=dev` installed, as in production.
set -e

all=node_modules/.bin/node
if test "$1" != start || test -e $all || ! test -d node_modules; then
  if ! test -e $all || ! test node_modules/.package-lock.json -nt package-lock.json; then
    echo 'Installing packages (once, a minute)'
    npm ci --loglevel=error
  fi
fi

if test "$(node -p 'parseInt(process.versions.node) >= 24')" = false; then
  echo "kinto-stepfunction needs Node.js 24 or newer, and this is $(node --version)." >&2
  echo 'Install it, or run npm ci --include=dev, which brings it along.' >&2
  exit 1
fi
