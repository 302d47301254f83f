#!/bin/sh
# Resolves pyproject.toml for every supported Python and platform and writes the three lock files, with hashes.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --disable-pip-version-check --quiet uv

compile() {
    "$work/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --upgrade pyproject.toml "$@"
}

compile --extra postgres --extra redis --extra s3 --output-file requirements.lock
compile --extra postgres --extra redis --extra s3 --extra observability --constraint requirements.lock \
    --output-file requirements-observability.lock
compile --all-extras --constraint requirements-observability.lock --output-file requirements-dev.lock
