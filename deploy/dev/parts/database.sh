# shellcheck shell=bash
# A private PostgreSQL of one instance: database/port, database/initialised (initdb has finished), database/data.
# Needs say, processes and ports. PostgreSQL refuses to run as root: then it runs as the user postgres.

database_url() { printf 'postgres://wharf:wharf@127.0.0.1:%s/wharf\n' "$(cat "$INSTANCE/database/port")"; }

database_programs() { # prints the folder of initdb and postgres, the newest version first
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr) /usr/pgsql-*/bin; do
    if [[ -x $dir/initdb && -x $dir/postgres ]]; then
      printf '%s\n' "$dir"
      return
    fi
  done
  dir=$(command -v initdb) && [[ -x $(dirname "$dir")/postgres ]] && dirname "$dir"
}

# setpriv replaces itself by the command, so that a recorded pid is the server's (runuser would stay in between).
AS_DATABASE_USER=(env)
((EUID != 0)) || AS_DATABASE_USER=(setpriv --reuid=postgres --regid=postgres --init-groups)

# Where the data lives: in the instance's folder, unless the database's user cannot go there (a clone below a home
# folder of mode 0700); then in a folder of /var/tmp that says whose it is, and database/data is a link to it.
database_data() {
  local data
  data=$(readlink -e "$INSTANCE/database/data") || return 1
  # A copied checkout's link leads to the original's data.
  [[ $data == "$INSTANCE/database/data" || $(cat "$(dirname "$data")/instance" 2>/dev/null) == "$INSTANCE" ]] || return 1
  printf '%s\n' "$data"
}

database_elsewhere() { # the folders of /var/tmp that belong to this instance
  local folder
  for folder in /var/tmp/wharf-postgres.*; do
    [[ -O $folder && $(cat "$folder/instance" 2>/dev/null) == "$INSTANCE" ]] && printf '%s\n' "$folder"
  done
  return 0
}

# Processes whose working folder is this instance's data: the server and its children, and nobody else. A server whose
# folder was removed under it counts too, and one whose instance folder was (rm -rf .run).
database_processes() {
  local data cwd
  for data in "$INSTANCE/database/data" $(database_elsewhere | sed 's,$,/data,'); do
    for cwd in /proc/[0-9]*/cwd; do
      case $(readlink "$cwd" 2>/dev/null) in
        "$data" | "$data (deleted)") basename "$(dirname "$cwd")" ;;
      esac
    done
  done
}

database_no_processes() { [[ -z $(database_processes) ]]; }

# What a killed run left: a server without a pid file, children without a server, a lock file of a server that is gone.
# The lock file is removed only when nothing works on the data any more: it is PostgreSQL's own guard.
database_clear_leftovers() {
  local data pid
  if ! database_no_processes; then
    for pid in $(database_processes); do kill -s INT "$pid" 2>/dev/null || true; done
    if ! wait_until 10 database_no_processes; then
      for pid in $(database_processes); do kill -s KILL "$pid" 2>/dev/null || true; done
      wait_until 10 database_no_processes || die "processes still work on the database of $INSTANCE"
    fi
  fi
  if data=$(database_data); then rm -f "$data/postmaster.pid"; fi
}

database_remove_data() {
  local folder
  for folder in $(database_elsewhere); do rm -rf "$folder"; done
  rm -rf "$INSTANCE/database"
}

# Folders of /var/tmp whose checkout was removed without a word.
database_sweep() {
  local folder
  for folder in /var/tmp/wharf-postgres.*; do
    if [[ -O $folder && -s $folder/instance && ! -e $(cat "$folder/instance") && ! -e $folder/data/postmaster.pid ]]; then
      rm -rf "$folder"
    fi
  done
}

database_make_data() {
  local data=$INSTANCE/database/data elsewhere
  database_remove_data # half made, or none
  database_sweep
  mkdir -p "$data"
  chmod 700 "$data"
  if ((EUID == 0)); then
    id postgres >/dev/null 2>&1 || die "PostgreSQL does not run as root, and there is no user postgres to run it as"
    chown postgres "$data"
    if ! "${AS_DATABASE_USER[@]}" test -w "$data" 2>/dev/null; then
      elsewhere=$(mktemp -d /var/tmp/wharf-postgres.XXXXXX)
      chmod 711 "$elsewhere"
      printf '%s\n' "$INSTANCE" >"$elsewhere/instance"
      rmdir "$data"
      install -d -m 700 -o postgres "$elsewhere/data"
      ln -s "$elsewhere/data" "$data"
    fi
  fi
  (
    cd / # the caller's folder may be one that the database's user cannot read
    # shellcheck disable=SC2016 # the inner shell expands these
    "${AS_DATABASE_USER[@]}" bash -c '"$1/initdb" -D "$2" -U wharf -E UTF8 --locale=C.UTF-8 -A scram-sha-256 \
      --no-sync --pwfile=<(echo wharf)' initdb "$PROGRAMS" "$(database_data)"
  ) >>"$INSTANCE/log/initdb.log" 2>&1 || {
    log_tail initdb
    die "initdb failed"
  }
  touch "$INSTANCE/database/initialised"
}

database_answers() {
  PGPASSWORD=wharf PGCONNECT_TIMEOUT=2 "$PROGRAMS/psql" -X -q -h 127.0.0.1 -p "$(cat "$INSTANCE/database/port")" \
    -U wharf -d postgres -c 'select 1' >/dev/null 2>&1
}

database_ready_or_gone() { database_answers || process_gone database; }

database_launch() {
  local command=("$PROGRAMS/postgres" -D "$(database_data)" -p "$(cat "$INSTANCE/database/port")"
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c logging_collector=off)
  # A test's data need not survive a power cut; a demo's may.
  if [[ -e $INSTANCE/fast ]]; then
    command+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum_naptime=1h)
  fi
  (cd / && process_start database "${AS_DATABASE_USER[@]}" "${command[@]}")
  wait_until 60 database_ready_or_gone && database_answers
}

# Starts it on its own port; with "elsewhere", on another one when that port has been taken meanwhile.
database_start() { # [elsewhere]
  local port
  PROGRAMS=$(database_programs) || die "PostgreSQL is not installed (run deploy/dev/install.sh)"
  if process_runs database && wait_until 60 database_ready_or_gone && database_answers; then
    database_create
    return
  fi
  database_stop
  mkdir -p "$INSTANCE/log"
  if [[ ! -e $INSTANCE/database/initialised ]] || ! database_data >/dev/null; then database_make_data; fi
  for _ in 1 2 3; do
    if [[ ${1:-} == elsewhere ]]; then
      port_remembered "$INSTANCE/database/port" >/dev/null
    elif port=$(cat "$INSTANCE/database/port") && port_in_use "$port"; then
      die "port $port of this PostgreSQL has been taken by another process"
    fi
    if database_launch; then
      database_create
      return
    fi
    process_stop database 10 INT
    [[ ${1:-} == elsewhere ]] || break
  done
  log_tail database
  die "PostgreSQL does not start"
}

database_create() {
  local psql=("$PROGRAMS/psql" -X -q -A -t -h 127.0.0.1 -p "$(cat "$INSTANCE/database/port")" -U wharf -d postgres)
  if [[ $(PGPASSWORD=wharf "${psql[@]}" -c "select 1 from pg_database where datname = 'wharf'") != 1 ]]; then
    PGPASSWORD=wharf "${psql[@]}" -c 'create database wharf'
  fi
}

# INT is PostgreSQL's fast shutdown: open transactions are rolled back, clients are sent away.
database_stop() {
  process_stop database 30 INT
  database_clear_leftovers
}

# As a crash: no shutdown at all.
database_kill() {
  process_stop database 10 KILL
}
