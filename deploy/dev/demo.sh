#!/usr/bin/env bash
# Shows the 15 things that Wharf can be asked, in one conversation with the running demo company.
#
# Usage: demo.sh (needs what `make up` started)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
env=$root/.run/env
if [[ ! -f $env ]]; then
  echo "Wharf does not run: make up" >&2
  exit 1
fi
# shellcheck source=/dev/null
source "$env"

# FROM|INTENT|TEXT. No more than ten messages a minute are taken from one sender, so people share the talk.
messages=(
  '+15550100003|check_inventory|stock WID-1001'
  '+15550100003|update_stock|add 5 WID-1001 in toronto'
  '+15550100003|(takes it back)|undo'
  '+15550100003|reorder_stock|reorder 200 WID-1001'
  '+15550100003|(the draft is placed)|yes'
  '+15550100002|view_alerts|show alerts'
  '+15550100002|acknowledge_alert|ack A1'
  '+15550100002|resolve_alert|resolve A1'
  '+15550100002|generate_report|sales report for last week'
  '+15550100002|view_metrics|what was our fill rate last month?'
  '+15550100002|daily_digest|daily digest'
  '+15550100001|check_supplier|who supplies WID-1001?'
  '+15550100001|supplier_performance|how is Kestrel Electric performing?'
  '+15550100003|run_agent|run the alert generator'
  '+15550100003|stop_agent|stop the supplier evaluator'
  '+15550100001|agent_status|agent status'
  '+15550100003|(takes it back)|undo'
  '+15550100005|help|help'
)
for message in "${messages[@]}"; do
  IFS='|' read -r from intent text <<<"$message"
  printf '\n%s  %s\n' "$intent" "$from"
  "$BIN_DIR/twilio-sim" send --sim "$SIM_URL" --from "$from" "$text"
done
