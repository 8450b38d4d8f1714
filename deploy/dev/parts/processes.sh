# shellcheck shell=bash
# Background processes: start one, know it again, stop it. Needs parts/say.sh and $INSTANCE, the instance's folder.
#
# pids/NAME.pid holds the process id alone (for people and scripts). pids/NAME.id holds what tells that process from
# a later one with the same number: boot id, start time in ticks, and the folder it belongs to (so that a copied
# checkout does not stop the original's processes). Linux only: reads /proc.

process_identity() { # PID -> one line, or fails when there is no such process
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra fields <<<"${stat##*) }" # from the state on: the command's name in front may hold blanks
  [[ ${fields[0]} != Z ]] || return 1
  printf '%s %s %s\n' "$(cat /proc/sys/kernel/random/boot_id)" "${fields[19]}" "$INSTANCE"
}

process_pid() { # NAME -> its pid when that very process still runs
  local pid identity
  pid=$(cat "$INSTANCE/pids/$1.pid" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] || return 1
  identity=$(process_identity "$pid") || return 1
  [[ $identity == "$(cat "$INSTANCE/pids/$1.id" 2>/dev/null)" ]] || return 1
  printf '%s\n' "$pid"
}

process_runs() { process_pid "$1" >/dev/null; }

process_record() { # NAME PID
  local identity
  mkdir -p "$INSTANCE/pids"
  identity=$(process_identity "$2") || return 1
  printf '%s\n' "$identity" >"$INSTANCE/pids/$1.id"
  printf '%s\n' "$2" >"$INSTANCE/pids/$1.pid"
}

process_forget() { rm -f "$INSTANCE/pids/$1.pid" "$INSTANCE/pids/$1.id"; }

# Starts COMMAND in a session of its own, its output in log/NAME.log (the run before: NAME.log.old). Descriptors 8 and
# 9 are locks and must not stay open in a server.
process_start() { # NAME COMMAND...
  local name=$1
  shift
  mkdir -p "$INSTANCE/log"
  [[ ! -s $INSTANCE/log/$name.log ]] || mv "$INSTANCE/log/$name.log" "$INSTANCE/log/$name.log.old"
  setsid "$@" >"$INSTANCE/log/$name.log" 2>&1 </dev/null 8>&- 9>&- &
  process_record "$name" "$!" || true # gone already: whoever waits for it to be ready says so
}

# Asks NAME to end and waits; after SECONDS it is killed. Nothing happens when that process no longer runs.
process_stop() { # NAME SECONDS [SIGNAL]
  local name=$1 seconds=$2 signal=${3:-TERM} pid
  if pid=$(process_pid "$name"); then
    kill -s "$signal" "$pid" 2>/dev/null || true
    if ! wait_until "$seconds" process_gone "$name"; then
      say "$name (process $pid) did not end within $seconds s and is killed"
      kill -s KILL "$pid" 2>/dev/null || true
      wait_until 10 process_gone "$name" || die "$name (process $pid) cannot be ended"
    fi
  fi
  process_forget "$name"
}

process_gone() { ! process_runs "$1"; }

wait_until() { # SECONDS COMMAND... : polls ten times a second
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

log_tail() { # NAME: the end of its log, for an error message
  say "--- the end of $INSTANCE/log/$1.log"
  tail -n 15 "$INSTANCE/log/$1.log" >&2 2>/dev/null || true
  say "---"
}
