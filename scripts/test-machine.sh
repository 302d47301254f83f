#!/bin/sh
# Makes sure that the tests find a browser and a Redis server on this machine, or says what to install.
# Nothing is skipped for want of them: a missing one ends `make test` here, before it starts.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

install() {
    say "Installing $* ..."
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

has_browser() { .venv/bin/python -m tests.servers.browser >/dev/null 2>&1; }

has_redis() { .venv/bin/python -m tests.servers.redis >/dev/null 2>&1; }

# The browser without windows is quicker; not every distribution has it.
install_browser() { install chromium-headless-shell fonts-noto-cjk || install chromium fonts-noto-cjk; }

if ! has_browser; then
    if may_install; then install_browser; fi
    has_browser || {
        say "The journeys need Chromium. Install it (Debian: sudo apt install chromium; elsewhere Chromium or Google"
        say "Chrome) or name one: CHROMIUM=/path/to/chromium make test"
        exit 1
    }
fi

if ! has_redis; then
    if may_install; then install redis-server; fi
    has_redis || {
        say "The tests need a Redis server of their own. Install one (Debian: sudo apt install redis-server), so that"
        say "redis-server is on the PATH."
        exit 1
    }
fi

# The files of deploy/ are read by the programs that they are for; without one its test is skipped, and says so.
missing= # one word for each package
has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
has nginx || missing="nginx-light"
for program in caddy docker-compose shellcheck; do
    has "$program" || missing="$missing $program"
done
if [ -n "$missing" ] && may_install; then
    # shellcheck disable=SC2086
    install $missing || say "Not installed: $missing. Their tests are skipped."
fi
