# shellcheck shell=bash
# A private RabbitMQ node of one instance, with an epmd (Erlang's name server) of its own so that it meets no other
# node: broker/{port,dist-port,epmd-port,name,mnesia,config}. Needs say, processes and ports.

broker_url() { printf 'amqp://wharf:wharf@127.0.0.1:%s/%%2f\n' "$(cat "$INSTANCE/broker/port")"; }

broker_programs() { # prints the folder of rabbitmq-server itself, not of a wrapper that changes the user
  local dir
  for dir in /usr/lib/rabbitmq/bin /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin /opt/rabbitmq/sbin; do
    if [[ -x $dir/rabbitmq-server ]]; then
      printf '%s\n' "$dir"
      return
    fi
  done
  dir=$(command -v rabbitmq-server) && dirname "$dir"
}

# Erlang's name server; outside Debian it lies inside the Erlang installation.
broker_epmd() {
  command -v epmd || { command -v erl >/dev/null && find "$(dirname "$(readlink -f "$(command -v erl)")")/.." -name epmd -type f | head -n 1; }
}

# Everything the node and rabbitmqctl need to know, and nothing of /etc/rabbitmq.
broker_environment() {
  local broker=$INSTANCE/broker
  export HOME=$broker/home LC_ALL=C.UTF-8
  export ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  ERL_EPMD_PORT=$(cat "$broker/epmd-port")
  export RABBITMQ_NODENAME RABBITMQ_NODE_PORT RABBITMQ_DIST_PORT RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
  RABBITMQ_NODENAME=$(cat "$broker/name")
  RABBITMQ_NODE_PORT=$(cat "$broker/port")
  RABBITMQ_DIST_PORT=$(cat "$broker/dist-port")
  export RABBITMQ_CONF_ENV_FILE=$broker/config/env.conf RABBITMQ_CONFIG_FILE=$broker/config/rabbitmq.conf
  export RABBITMQ_CONFIG_FILES=$broker/config/conf.d RABBITMQ_ADVANCED_CONFIG_FILE=$broker/config/advanced.config
  export RABBITMQ_ENABLED_PLUGINS_FILE=$broker/config/enabled_plugins
  export RABBITMQ_MNESIA_BASE=$broker/mnesia RABBITMQ_LOG_BASE=$INSTANCE/log RABBITMQ_LOGS=-
  export RABBITMQ_GENERATED_CONFIG_DIR=$broker/config/generated RABBITMQ_FEATURE_FLAGS_FILE=$broker/mnesia/feature_flags
  # The node listens to other nodes on the loopback only.
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
  export RABBITMQ_CTL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
}

broker_configure() {
  local broker=$INSTANCE/broker
  if [[ ! -e $broker/booted ]]; then # never came up: begin anew
    rm -rf "$INSTANCE/broker/mnesia" "$INSTANCE/broker/home"
  fi
  mkdir -p "$broker/mnesia" "$broker/home" "$broker/config/conf.d" "$broker/config/generated" "$INSTANCE/log"
  chmod 700 "$broker/home"
  # The node's name is part of its data's path: kept from start to start, different in every instance.
  [[ -s $broker/name ]] || printf 'wharf-%04x%04x@localhost\n' "$RANDOM" "$RANDOM" >"$broker/name"
  printf '[].\n' >"$broker/config/enabled_plugins"
  : >"$broker/config/env.conf"
  printf '[].\n' >"$broker/config/advanced.config"
  cat >"$broker/config/rabbitmq.conf" <<'CONF'
default_user = wharf
default_pass = wharf
log.console.level = warning
disk_free_limit.absolute = 50MB
# One write-ahead log for all quorum queues; the default of 512 MB is meant for a server of its own.
raft.wal_max_size_bytes = 67108864
CONF
}

# A node or name server of this very instance without a valid pid file (its starter was killed between two lines, or
# the folder was removed under it): known by the HOME that it was started with.
broker_orphans() {
  local process
  for process in /proc/[0-9]*; do
    case $(cat "$process/comm" 2>/dev/null) in
      beam.smp | epmd) grep -qszxF -- "HOME=$INSTANCE/broker/home" "$process/environ" && basename "$process" ;;
    esac
  done
  return 0
}

broker_no_orphans() { [[ -z $(broker_orphans) ]]; }

broker_clear_leftovers() {
  local pid
  if ! broker_no_orphans; then
    for pid in $(broker_orphans); do kill -s KILL "$pid" 2>/dev/null || true; done
    wait_until 10 broker_no_orphans || die "a RabbitMQ of $INSTANCE cannot be ended"
  fi
}

# Ready when it speaks AMQP: the answer to the protocol header is a method frame (first byte 1).
broker_answers() {
  local first
  first=$(
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$(cat "$INSTANCE/broker/port")" || exit 1
    printf 'AMQP\0\0\11\1' >&3
    timeout 2 head -c 1 <&3 | od -An -tu1
  ) 2>/dev/null || return 1
  [[ ${first//[[:space:]]/} == 1 ]]
}

broker_ready_or_gone() { broker_answers || process_gone broker; }

broker_launch() {
  local epmd=$1 programs=$2
  (
    broker_environment
    # Erlang sizes tables by the limit of open files: "unlimited" would cost gigabytes.
    ulimit -n 65536 2>/dev/null || true
    cd "$INSTANCE/broker"
    process_runs epmd || process_start epmd "$epmd" -port "$ERL_EPMD_PORT" -address 127.0.0.1
    wait_until 10 port_answers "$ERL_EPMD_PORT" || exit 1
    # This makes the script replace itself by the server, so that the recorded pid is the server's.
    RUNNING_UNDER_SYSTEMD=true process_start broker "$programs/rabbitmq-server"
  ) || return 1
  wait_until 120 broker_ready_or_gone && broker_answers
}

# Starts it on its own port; with "elsewhere", on another one when that port has been taken meanwhile.
broker_start() { # [elsewhere]
  local file programs epmd broker=$INSTANCE/broker
  programs=$(broker_programs) || die "RabbitMQ is not installed (run deploy/dev/install.sh)"
  epmd=$(broker_epmd) || die "epmd (part of Erlang) is not installed (run deploy/dev/install.sh)"
  if process_runs broker && wait_until 120 broker_ready_or_gone && broker_answers; then
    touch "$broker/booted"
    return
  fi
  broker_stop
  broker_configure
  for _ in 1 2 3; do
    process_runs epmd || port_remembered "$broker/epmd-port" >/dev/null
    port_remembered "$broker/dist-port" >/dev/null
    if [[ ${1:-} == elsewhere ]]; then
      port_remembered "$broker/port" >/dev/null
    elif file=$(cat "$broker/port") && port_in_use "$file"; then
      die "port $file of this RabbitMQ has been taken by another process"
    fi
    if broker_launch "$epmd" "$programs"; then
      touch "$broker/booted"
      return
    fi
    broker_stop
    [[ ${1:-} == elsewhere ]] || break
  done
  log_tail broker
  die "RabbitMQ does not start"
}

broker_stop() {
  process_stop broker 30
  process_stop epmd 5
  broker_clear_leftovers
}

# As a crash: no shutdown at all.
broker_kill() {
  process_stop broker 10 KILL
}

broker_remove_data() { rm -rf "$INSTANCE/broker"; }
