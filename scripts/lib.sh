# shellcheck shell=bash
# What the scripts here share. It is sourced, never run: where the project is, how it speaks, how Debian packages are
# installed, and how a long-running command is watched so that a signal to a script always reaches it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache="$root/.cache"
target="${CARGO_TARGET_DIR:-$root/target}"
# shellcheck disable=SC2034 # read by the scripts that source this file
muwakaba_demo="$target/debug/muwakaba-demo"
mkdir -p "$cache"

say() { printf '\n== %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Installs Debian packages. A third-party package source that cannot be reached is no reason to stop; a package that
# cannot be installed is.
install_packages() {
    command -v apt-get >/dev/null || fail "please install what Debian calls: $*"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "installing $* needs root"
        as_root=(sudo)
    fi
    say "installing $* from Debian"
    local log="$cache/apt.log"
    "${as_root[@]}" apt-get update -qq >"$log" 2>&1 ||
        echo "some package sources did not answer; going on without them" >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        >>"$log" 2>&1 || { tail -n 20 "$log" >&2 && fail "Debian packages could not be installed: $*"; }
}

# Where PostgreSQL keeps its server programs; the newest version if there are several. Nothing if there is none.
postgres_programs() {
    local newest
    newest=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    if [ -n "$newest" ]; then
        dirname "$newest"
    elif command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
        dirname "$(command -v initdb)"
    fi
}

# bash runs a trap only once the command in the foreground has ended, and a script without a trap dies at once and
# leaves its children behind. So a script calls `watch_signals` once and runs everything long through `supervise`:
# the command runs in the background, a signal is passed on to it as SIGTERM, and the script leaves (running its EXIT
# trap) only when the command is gone. Exit status: the command's own.
child=
interrupted=0

watch_signals() {
    trap 'on_signal 129' HUP
    trap 'on_signal 130' INT
    trap 'on_signal 143' TERM
}

on_signal() {
    interrupted=$1
    if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null || true; fi
}

supervise() {
    local status=0
    [ "$interrupted" -eq 0 ] || exit "$interrupted"
    "$@" &
    child=$!
    [ "$interrupted" -eq 0 ] || kill -TERM "$child" 2>/dev/null || true
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do
        status=0
        wait "$child" || status=$?
    done
    child=
    [ "$interrupted" -eq 0 ] || exit "$interrupted"
    return "$status"
}
