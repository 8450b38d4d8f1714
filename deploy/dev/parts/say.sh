# shellcheck shell=bash
# How the scripts talk: progress and errors go to standard error, so that standard output stays for results.

say() { printf '%s\n' "$*" >&2; }

# One line that names what is wrong, then exit 1 (or the given code: die 64 "message").
die() {
  local code=1
  if [[ $1 =~ ^[0-9]+$ ]]; then
    code=$1
    shift
  fi
  say "error: $*"
  exit "$code"
}
