#!/usr/bin/env bash
# Installs, by apt, what `make up` and `make test` need and this machine lacks; says what is missing where it cannot.
# What is installed is not started: the scripts run private servers, and a server that runs already stays as it is.
#
#   install.sh [database] [broker] [mail] [scripts]     what is needed (mail: a mail server for tests; scripts: shellcheck)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in say database broker; do
  # shellcheck source-path=SCRIPTDIR/parts disable=SC1090
  source "$here/parts/$part.sh"
done

mail_programs() { # a Python that has aiosmtpd: the distribution's, or the first of the path
  local python
  for python in /usr/bin/python3 python3; do
    if command -v "$python" >/dev/null && "$python" -c 'import aiosmtpd.smtp' 2>/dev/null; then return 0; fi
  done
  return 1
}

missing=() packages=()
need() { # WHAT PACKAGE
  missing+=("$1")
  packages+=("$2")
}

for program in setsid:util-linux flock:util-linux awk:mawk od:coreutils cc:gcc; do
  command -v "${program%%:*}" >/dev/null || need "${program%%:*}" "${program##*:}"
done
for wanted in "$@"; do
  case $wanted in
    database) database_programs >/dev/null || need PostgreSQL postgresql ;;
    broker)
      if ! broker_programs >/dev/null || ! broker_epmd >/dev/null; then need RabbitMQ rabbitmq-server; fi
      ;;
    mail) mail_programs || need aiosmtpd python3-aiosmtpd ;;
    scripts) command -v shellcheck >/dev/null || need shellcheck shellcheck ;;
    *) die 64 "unknown: $wanted" ;;
  esac
done
names=$(printf '%s, ' "${missing[@]}")
names=${names%, }
if ! command -v cargo >/dev/null; then
  die "missing: Rust 1.95 or newer (https://rustup.rs; no package here is new enough)${missing[*]:+, $names}"
fi
((${#missing[@]})) || exit 0
if ! command -v apt-get >/dev/null; then
  die "missing: $names. There is no apt here to install it with: install it by your system's means, set DATABASE_URL" \
    "and AMQP_URL to servers that you have, or use: docker compose up"
fi
if ((EUID == 0)); then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  die "missing: $names. Not root here, so run: sudo apt-get install ${packages[*]}   (or set DATABASE_URL and AMQP_URL" \
    "to servers that you have, or use: docker compose up)"
fi

# Debian's packages start what they install unless this file says no (exit code 101).
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -qq "$@"; }
say "installing: $names (packages: ${packages[*]})"
log=$(mktemp)
if ! { apt update && apt install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  die "apt could not install: ${packages[*]} (whole output: $log)"
fi
rm -f "$log"
