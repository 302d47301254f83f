#!/bin/sh
# Makes the virtual environment and installs one lock file into it:  scripts/bootstrap.sh requirements.lock
# Needs a Python of 3.11 or newer and nothing else. `PYTHON=/path/to/python` names one.
set -eu
cd "$(dirname "$0")/.."
lock=$1
venv=.venv

say() { printf '%s\n' "$*" >&2; }

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3}; do
        if usable "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
    say "Python 3.11 or newer is needed and was not found${PYTHON:+ as $PYTHON}."
    say "Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python), or name one:"
    say "  PYTHON=/path/to/python3.12 make run"
    exit 1
}

# Debian's python3 comes without the parts that make a virtual environment.
require_venv() {
    if "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; then return; fi
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing $package ..."
        if apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$package" >/dev/null; then
            return
        fi
    fi
    say "This Python can't make a virtual environment. On Debian or Ubuntu: sudo apt install $package"
    exit 1
}

if ! usable "$venv/bin/python"; then
    python=$(find_python)
    require_venv "$python"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

pip() { PIP_USER=0 "$venv/bin/python" -m pip --disable-pip-version-check --no-input --quiet "$@"; }

say "Installing the libraries of $lock (once; a minute or so) ..."
if ! pip install --require-hashes --only-binary :all: -r "$lock"; then
    say "Not every library comes ready-made for this machine. Building what is missing (needs a C compiler) ..."
    if ! pip install --require-hashes -r "$lock"; then
        say "The libraries could not be installed; the reason is above. Without a network nothing can be fetched;"
        say "on an unusual machine try another Python: rm -rf .venv; PYTHON=python3.12 make run"
        exit 1
    fi
fi
