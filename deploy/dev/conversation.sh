#!/usr/bin/env bash
# Sends a few WhatsApp messages of the demo company's people through the whole pipeline and prints what comes back.
#
#   conversation.sh BIN_DIR SIM_URL
set -euo pipefail
bin=$1 sim=$2

# PERSON'S NUMBER|PERSONA|TEXT
messages=(
  '+15550100001|streamliner|stock WID-1001'
  '+15550100002|navigator|check stock for ABC123'
  '+15550100003|hub|stock WID-1001'
  '+15550100004|spring|how many ABC123 do we have?'
  '+15550100005|processor|stock WID-1001'
  '+15550100006|no persona|stock'
)
for message in "${messages[@]}"; do
  IFS='|' read -r from persona text <<<"$message"
  printf '\n%s (%s) writes: %s\n' "$from" "$persona" "$text"
  "$bin/twilio-sim" send --sim "$sim" --from "$from" "$text"
done
