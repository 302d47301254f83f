#!/bin/sh
# Plays many machines on this one: PostgreSQL, Redis, nginx, two web nodes and two workers under steady load, while a node
# is killed, PostgreSQL restarted, Redis stopped, and a new version with a migration comes to one node after the other.
#   deploy/rehearse.sh            five minutes; prints a table and writes it into docs/rehearsal.md
#   deploy/rehearse.sh --quick    shorter; writes nothing
set -eu
cd "$(dirname "$0")/.."
if ! command -v nginx >/dev/null 2>&1 && ! [ -x /usr/sbin/nginx ]; then
    printf '%s\n' "The rehearsal needs nginx: sudo apt-get install nginx-light" >&2
    exit 1
fi
exec .venv/bin/python -m bench.rehearsal "$@"
