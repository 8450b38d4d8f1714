#!/usr/bin/env bash
# Tries servers.sh on real servers: two instances, restarts on the same port, leftovers of killed runs, folders that the
# database's user cannot enter. Prints one line a case; any failure ends it. About two minutes: make test-servers
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
servers=$here/servers.sh
work=$(mktemp -d) # mode 0700: nobody else may enter
others=()

cleanup() {
  local dir
  for dir in "$work"/*/; do "$servers" down --dir "$dir" --purge || true; done
  ((${#others[@]} == 0)) || kill "${others[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

passed() { printf 'ok: %s\n' "$1"; }
failed() { printf 'FAILED: %s\n' "$1"; exit 1; }
check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then passed "$what"; else failed "$what"; fi
}
fails() { ! "$@" 2>/dev/null; }
remember() { urls=$(cat "$work/a/env") old=("$(cat "$work/a/pids/database.pid")" "$(cat "$work/a/pids/broker.pid")"); }
same_urls() { [[ $urls == "$(cat "$work/a/env")" ]]; }
replaced() { # other processes than those remembered, which have ended
  local pid
  runs a || return 1
  for pid in "${old[@]}"; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}
both_run() { runs a && runs "b c"; }
runs() { "$servers" status --dir "$work/$1" >/dev/null; }
# shellcheck disable=SC2016 # perl's own variables
listen() { # PORT: a stranger takes that port
  perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:$ARGV[0]", Listen => 1, ReuseAddr => 1) or die; sleep 600' "$1" &
  others+=("$!")
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "${others[-1]}" || failed "listening on $1"
    sleep 0.1
  done
}

"$servers" up --dir "$work/a" --fast
"$servers" up --dir "$work/b c" --fast
check "two instances side by side, one in a folder with a blank" both_run

remember
"$servers" up --dir "$work/a"
check "up again changes nothing" same_urls

# A client that does not hang up keeps the server's half of its connection half closed.
for port in "$(cat "$work/a/broker/port")" "$(cat "$work/a/database/port")"; do
  (exec 3<>"/dev/tcp/127.0.0.1/$port" && exec sleep 600) &
  others+=("$!")
done
"$servers" stop broker --dir "$work/a"
check "stopped broker: status says so" fails runs a
"$servers" stop broker --dir "$work/a"
"$servers" start broker --dir "$work/a"
"$servers" stop database --dir "$work/a"
"$servers" start database --dir "$work/a"
check "both back" runs a
check "on the same ports" same_urls

"$servers" kill --dir "$work/a"
check "killed: status says so" fails runs a
"$servers" start --dir "$work/a"
check "both start again after a crash" runs a

"$servers" kill --dir "$work/a"
sleep 600 &
others+=("$!")
for name in database broker; do echo "${others[-1]}" >"$work/a/pids/$name.pid"; done
"$servers" down --dir "$work/a"
check "a stranger with the pid of a stale pid file is left alone" kill -0 "${others[-1]}"

listen "$(cat "$work/a/broker/port")"
listen "$(cat "$work/a/database/port")"
check "start refuses when its ports are taken" fails "$servers" start --dir "$work/a"
"$servers" up --dir "$work/a"
check "up comes up all the same" runs a
check "on other ports" fails same_urls

remember
rm -rf "$work/a/pids"
"$servers" up --dir "$work/a"
check "servers without pid files are found and replaced" replaced

remember
rm -rf "$work/a"
"$servers" up --dir "$work/a" --fast
check "servers whose folder was removed are ended" replaced

"$servers" kill --dir "$work/a"
rm -f "$work/a/database/initialised" "$work/a/database/data/global/pg_control" "$work/a/broker/booted"
"$servers" up --dir "$work/a"
check "half-initialised data is made anew" runs a

cp -a "$work/a" "$work/copy"
"$servers" down --dir "$work/copy"
check "a copied folder does not stop the original's servers" runs a
"$servers" up --dir "$work/copy"
check "and comes up beside it" runs copy
check "while the original still runs" runs a
"$servers" down --dir "$work/copy" --purge

"$servers" down --dir "$work/a" --purge
check "purge leaves nothing of an instance" test "$(ls "$work/a")" = lock
check "the other instance still runs" runs "b c"
