#!/usr/bin/env bash
# Private PostgreSQL and RabbitMQ servers on 127.0.0.1, several instances side by side, each in a folder of its own.
#
#   servers.sh up    [database|broker] --dir D [--fast]   starts what does not run, on ports that are free now
#   servers.sh stop  [database|broker] --dir D            orderly; the data and the ports are kept
#   servers.sh start [database|broker] --dir D            on the same ports as before, or fails
#   servers.sh kill  [database|broker] --dir D            SIGKILL, as a crash would
#   servers.sh down  --dir D [--purge]                    stop; with --purge the folder's data goes too
#   servers.sh status --dir D                             what runs; exit code 3 when something does not
#   servers.sh env   --dir D                              prints D/env
#   servers.sh rabbitmqctl --dir D -- ARGUMENTS           rabbitmqctl on that node
#
# Without database or broker: both. --fast: PostgreSQL does not wait for the disk (tests only; kept in D).
# D/env then holds DATABASE_URL, AMQP_URL and the pid files as NAME=value lines that a shell can read.
# Every command may be given at any time and twice; commands on one instance wait for each other.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in say processes ports database broker; do
  # shellcheck source-path=SCRIPTDIR/parts disable=SC1090
  source "$here/parts/$part.sh"
done

usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 64; }

verb=${1:-} dir='' fast='' purge='' servers=(database broker) rest=()
[[ -n $verb ]] || usage
shift
while (($#)); do
  case $1 in
    database | broker) servers=("$1") ;;
    --dir) dir=${2:?--dir needs a folder}; shift ;;
    --fast) fast=1 ;;
    --purge) purge=1 ;;
    --) shift; rest=("$@"); break ;;
    *) usage ;;
  esac
  shift
done
[[ -n $dir ]] || usage

lock() {
  mkdir -p "$dir"
  INSTANCE=$(cd "$dir" && pwd -P)
  exec 9>"$INSTANCE/lock"
  flock -w 300 9 || die "another command has been at work on $INSTANCE for five minutes"
}

write_env() {
  {
    [[ ! -e $INSTANCE/database/port ]] || printf 'DATABASE_URL=%q\n' "$(database_url)"
    [[ ! -e $INSTANCE/broker/port ]] || printf 'AMQP_URL=%q\n' "$(broker_url)"
    printf 'DATABASE_PID_FILE=%q\nBROKER_PID_FILE=%q\n' "$INSTANCE/pids/database.pid" "$INSTANCE/pids/broker.pid"
  } >"$INSTANCE/env.new"
  mv "$INSTANCE/env.new" "$INSTANCE/env" # readers see the old file or the new one
}

case $verb in
  up)
    lock
    [[ -z $fast ]] || touch "$INSTANCE/fast"
    for server in "${servers[@]}"; do "${server}_start" elsewhere; done
    write_env
    ;;
  start)
    lock
    for server in "${servers[@]}"; do
      [[ -e $INSTANCE/$server/port ]] || die "no $server has ever run in $INSTANCE: use 'up' first"
      "${server}_start"
    done
    ;;
  stop | kill)
    lock
    for server in "${servers[@]}"; do "${server}_$verb"; done
    ;;
  down)
    [[ -d $dir ]] || exit 0
    lock
    for server in "${servers[@]}"; do
      "${server}_stop"
      [[ -z $purge ]] || "${server}_remove_data"
    done
    [[ -z $purge ]] || rm -rf "$INSTANCE/env" "$INSTANCE/fast" "$INSTANCE/log" "$INSTANCE/pids"
    ;;
  status)
    lock
    code=0
    for server in "${servers[@]}"; do
      if pid=$(process_pid "$server"); then
        printf '%s: process %s, %s\n' "$server" "$pid" "$("${server}_url")"
      else
        printf '%s: does not run\n' "$server"
        code=3
      fi
    done
    exit "$code"
    ;;
  env) cat "$dir/env" ;;
  rabbitmqctl)
    INSTANCE=$(cd "$dir" && pwd -P)
    programs=$(broker_programs)
    broker_environment
    exec "$programs/rabbitmqctl" "${rest[@]}"
    ;;
  *) usage ;;
esac
