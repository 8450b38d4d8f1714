#!/usr/bin/env bash
# `make test`: private servers, then formatting, lints and all tests. The first failure ends it. The servers are stopped
# and their data removed at the end, whatever happens; what a killed run left is cleared at the start.
#
# TEST_DATABASE_URL and TEST_AMQP_URL name other servers to use instead (the former must be allowed to create databases).
# The tests get these two, and for outages, which need servers of their own: WHARF_TEST_SERVERS (this folder's servers.sh),
# WHARF_TEST_RUN_DIR (where such instances are made and found again), WHARF_BIN_DIR (the built programs).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
# shellcheck source-path=SCRIPTDIR source=parts/say.sh
source "$here/parts/say.sh"
mkdir -p .run/test
exec 8>.run/test/lock
flock -n 8 || { say "waiting for another 'make test' in this checkout"; flock 8; }
export WHARF_TEST_RUN_DIR=$PWD/.run/test WHARF_TEST_SERVERS=$here/servers.sh

now='' # the step at work
stop_servers() {
  local dir
  for dir in "$WHARF_TEST_RUN_DIR"/*/; do
    if [[ -d $dir ]] && "$here/servers.sh" down --dir "$dir" --purge; then rm -rf "$dir"; fi
  done
}
finish() {
  local code=$?
  ((code == 0)) || say "error: make test failed at: ${now:-the start}"
  stop_servers
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

not_checked=()
# No `||` behind the command: that would switch `set -e` off inside it. It does not inherit the lock (descriptor 8), which
# would otherwise outlive a killed run in whatever that run has left.
step() { # WHAT COMMAND...
  local began=$SECONDS
  now=$1
  shift
  say "== $now"
  "$@" 8>&-
  say "   $((SECONDS - began)) s"
}
step_if() { # PROGRAM WHAT COMMAND... : what only a machine with that program can check
  local program=$1
  shift
  if command -v "$program" >/dev/null; then step "$@"; else not_checked+=("$1 (no $program here)"); fi
}

start_servers() {
  stop_servers
  if [[ -z ${TEST_DATABASE_URL:-} ]]; then
    "$here/servers.sh" up database --dir "$WHARF_TEST_RUN_DIR/main" --fast
    TEST_DATABASE_URL=$(sed -n 's/^DATABASE_URL=//p' "$WHARF_TEST_RUN_DIR/main/env")
  fi
  if [[ -z ${TEST_AMQP_URL:-} ]]; then
    "$here/servers.sh" up broker --dir "$WHARF_TEST_RUN_DIR/main"
    TEST_AMQP_URL=$(sed -n 's/^AMQP_URL=//p' "$WHARF_TEST_RUN_DIR/main/env")
  fi
  export TEST_DATABASE_URL TEST_AMQP_URL
}

ingress_has_no_store() {
  local tree found
  tree=$(cargo tree --locked -p wharf-ingress -e normal --prefix none)
  if found=$(grep -E '^(wharf-store|diesel|tokio-postgres)' <<<"$tree"); then
    say "ingress must not reach the database, but depends on:" "$(sort -u <<<"$found")"
    return 1
  fi
}

dashboard_metrics_exist() { # every wharf_ name of the dashboard is one that crates/runtime registers
  local shown counted
  shown=$(grep -oh 'wharf_[a-z_]*' deploy/grafana/flow.json | sed 's/_bucket$//' | sort -u)
  counted=$(grep -rhoE '"wharf_[a-z_]+"' crates/runtime/src | tr -d '"' | sort -u)
  shown=$(comm -23 <(echo "$shown") <(echo "$counted"))
  [[ -z $shown ]] || { say "deploy/grafana/flow.json shows what no service counts:" "$shown"; return 1; }
}

scripts=(deploy/dev/*.sh deploy/dev/parts/*.sh .ci/run)
programs() {
  cargo build --locked --workspace --bins
  WHARF_BIN_DIR=$(cargo metadata --locked --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug
  export WHARF_BIN_DIR
}
tests() {
  if command -v cargo-nextest >/dev/null; then
    cargo nextest run --locked --workspace
    cargo test --locked --workspace --doc
  else
    cargo test --locked --workspace
  fi
}

step "tools" "$here/install.sh" database broker mail scripts
step "formatting" cargo fmt --all --check
step "shell scripts" shellcheck -x "${scripts[@]}"
step "ingress has no store" ingress_has_no_store
step "dashboard" dashboard_metrics_exist
step_if cargo-deny "licences, bans and sources" cargo deny --offline check bans licenses sources
step_if promtool "Prometheus configuration" promtool check config --syntax-only deploy/prometheus/prometheus.yml
step_if kubectl "Kubernetes manifests" eval 'kubectl kustomize deploy/k8s/overlays/dev >/dev/null'
step_if docker-compose "compose file" docker-compose -f docker-compose.yml config -q
step "lints" cargo clippy --locked --workspace --all-targets -- -D warnings
step "servers" start_servers
step "programs" programs
step "tests" tests

say "all checks and tests passed in $SECONDS s"
for what in "${not_checked[@]}"; do say "not checked: $what"; done
