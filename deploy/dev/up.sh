#!/usr/bin/env bash
# `make up`: everything from nothing to an answered WhatsApp message. Can be run again at any time: servers that run are
# kept, the services are built and started anew. State, logs and pid files: .run (see README.md beside this file).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
for part in say processes ports services; do
  # shellcheck source-path=SCRIPTDIR/parts disable=SC1090
  source "$here/parts/$part.sh"
done
mkdir -p .run
INSTANCE=$(cd .run && pwd -P)
exec 9>"$INSTANCE/lock"
flock -n 9 || die "another 'make up' or 'make down' is at work here"

# Servers: the caller's, or private ones. Addresses that an earlier run put into .run/env are not the caller's.
private() { sed -n "s/^$1=//p" "$INSTANCE/servers/env" 2>/dev/null; }
servers=()
for pair in DATABASE_URL:database AMQP_URL:broker; do
  name=${pair%:*}
  if [[ -z ${!name:-} || ${!name} == "$(private "$name")" ]]; then servers+=("${pair#*:}"); fi
done
"$here/install.sh" "${servers[@]}"
for server in "${servers[@]}"; do
  say "starting a private $server"
  "$here/servers.sh" up "$server" --dir "$INSTANCE/servers"
done
for pair in DATABASE_URL:database AMQP_URL:broker; do
  name=${pair%:*}
  if [[ " ${servers[*]} " == *" ${pair#*:} "* ]]; then declare "$name=$(private "$name")"; fi
  export "${name?}"
done

# The dev profile: a stranger waits for this build, and `make test` uses it again.
say "building (the first time takes some minutes)"
cargo build --locked --workspace --bins
BIN=$(cargo metadata --locked --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug

services_stop # what an earlier run started
services_pick_ports
{
  printf 'INGRESS_URL=%q\nSIM_URL=%q\n' "$(url_of ingress)" "$(url_of twilio-sim)"
  printf 'DATABASE_URL=%q\nAMQP_URL=%q\n' "$DATABASE_URL" "$AMQP_URL"
  printf 'TWILIO_ACCOUNT_SID=%q\nTWILIO_AUTH_TOKEN=%q\n' "$TWILIO_ACCOUNT_SID" "$TWILIO_AUTH_TOKEN"
  for name in "${SERVICES[@]}"; do
    upper=${name^^}
    printf '%s_ADMIN_URL=%q\n' "${upper//-/_}" "$(url_of "$name-admin")"
  done
  for name in "${ALL_PROGRAMS[@]}"; do
    upper=${name^^}
    printf '%s_PID_FILE=%q\n' "${upper//-/_}" "$INSTANCE/pids/$name.pid"
  done
  for server in "${servers[@]}"; do printf '%s_PID_FILE=%q\n' "${server^^}" "$INSTANCE/servers/pids/$server.pid"; done
  printf 'LOG_DIR=%q\nBIN_DIR=%q\n' "$INSTANCE/log" "$BIN"
} >"$INSTANCE/env.new"
mv "$INSTANCE/env.new" "$INSTANCE/env"

say "preparing the database, the queues and the demo company"
"$BIN/wharfctl" migrate up >&2
"$BIN/wharfctl" topology declare >&2
"$BIN/wharfctl" demo >&2

say "starting ${ALL_PROGRAMS[*]}"
for name in "${ALL_PROGRAMS[@]}"; do service_start "$name"; done
services_wait

"$here/conversation.sh" "$BIN" "$(url_of twilio-sim)"

cat <<END

Wharf runs. Write to it:  $BIN/twilio-sim chat --sim $(url_of twilio-sim) --from +15550100001
  webhook     $(url_of ingress)/api/webhooks/whatsapp
  twilio-sim  $(url_of twilio-sim)
  PostgreSQL  $DATABASE_URL
  RabbitMQ    $AMQP_URL
  metrics     $(for name in "${SERVICES[@]}"; do printf '%s/metrics (%s)  ' "$(url_of "$name-admin")" "$name"; done)
  logs        .run/log, settings for scripts: .run/env
Stop it with: make down
END
