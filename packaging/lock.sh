#!/bin/sh
# Write packaging/requirements.lock: what a build installs, each file by its hash, for every system. Needs uv.
set -eu
cd "$(dirname "$0")/.."
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --output-file packaging/requirements.lock pyproject.toml packaging/build.in
