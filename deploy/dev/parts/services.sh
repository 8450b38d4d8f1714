# shellcheck shell=bash
# The four services and twilio-sim of `make up`: their ports, their environment, start and stop.
# Needs say, processes and ports; INSTANCE is .run, $BIN the folder of the programs, DATABASE_URL and AMQP_URL are set.
#
# To add a service: a name in SERVICES, and a case in service_start when it needs more than an admin port.

# In the order in which they stop: what takes messages in goes first, what they are sent to goes last.
SERVICES=(ingress nlp agent-executor responder)
ALL_PROGRAMS=("${SERVICES[@]}" twilio-sim)

# A test account; the token is no secret.
export TWILIO_ACCOUNT_SID=AC00000000000000000000000000000001
export TWILIO_AUTH_TOKEN=wharf-test-token
# Signs the links to files; no secret either.
MEDIA_SIGNING_KEY=wharf-test-signing-key-of-make-up

port_of() { cat "$INSTANCE/ports/$1"; } # e.g. ingress, ingress-admin, twilio-sim
url_of() { printf 'http://127.0.0.1:%s' "$(port_of "$1")"; }

services_pick_ports() { # call when none of them runs
  local service
  for service in "${SERVICES[@]}"; do port_remembered "$INSTANCE/ports/$service-admin" >/dev/null; done
  port_remembered "$INSTANCE/ports/ingress" >/dev/null
  port_remembered "$INSTANCE/ports/twilio-sim" >/dev/null
}

# The readiness page of a program.
ready_port() { if [[ $1 == twilio-sim ]]; then port_of twilio-sim; else port_of "$1-admin"; fi; }

service_start() { # NAME
  local bind
  bind=127.0.0.1:$(ready_port "$1")
  local media=(WHARF__MEDIA__URL="file:$INSTANCE/media")
  local links=("${media[@]}" WHARF__MEDIA__SIGNING_KEY="$MEDIA_SIGNING_KEY")
  case $1 in
    ingress) # has no business with the database
      process_start "$1" env -u DATABASE_URL WHARF__ADMIN__BIND="$bind" WHARF__HTTP__BIND="127.0.0.1:$(port_of ingress)" \
        WHARF__PUBLIC_URL="$(url_of ingress)" "${links[@]}" "$BIN/wharf-ingress"
      ;;
    responder)
      process_start "$1" env WHARF__ADMIN__BIND="$bind" WHARF__TWILIO__API_URL="$(url_of twilio-sim)" \
        WHARF__TWILIO__FROM=whatsapp:+14155238886 "${links[@]}" WHARF__MEDIA__PUBLIC_URL="$(url_of ingress)" \
        WHARF__TWILIO__STATUS_CALLBACK_URL="$(url_of ingress)/api/webhooks/whatsapp/status" "$BIN/wharf-responder"
      ;;
    twilio-sim)
      process_start "$1" env -u DATABASE_URL -u AMQP_URL "$BIN/twilio-sim" serve --bind "$bind" \
        --webhook-url "$(url_of ingress)/api/webhooks/whatsapp" \
        --account-sid "$TWILIO_ACCOUNT_SID" --auth-token "$TWILIO_AUTH_TOKEN"
      ;;
    agent-executor)
      process_start "$1" env -u TWILIO_AUTH_TOKEN WHARF__ADMIN__BIND="$bind" "${media[@]}" "$BIN/wharf-agent-executor"
      ;;
    *) process_start "$1" env -u TWILIO_AUTH_TOKEN WHARF__ADMIN__BIND="$bind" "$BIN/wharf-$1" ;;
  esac
}

service_ready() { http_ok "$(ready_port "$1")" /readyz; }
service_ready_or_gone() { service_ready "$1" || process_gone "$1"; }

services_wait() {
  local name
  for name in "${ALL_PROGRAMS[@]}"; do
    if ! wait_until 60 service_ready_or_gone "$name" || ! service_ready "$name"; then
      log_tail "$name"
      process_gone "$name" && die "$name ended instead of getting ready"
      die "$name is not ready after 60 s"
    fi
  done
}

# A service drains for up to 30 s after SIGTERM.
services_stop() {
  local name
  for name in "${ALL_PROGRAMS[@]}"; do process_stop "$name" 35; done
}
