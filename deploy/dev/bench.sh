#!/usr/bin/env bash
# `make bench`: how fast understanding and the whole way are, as ratios to a reference of the same run. On private servers
# with fsync on, release build. Prints what docs/performance.md holds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
dir=$PWD/.run/bench
trap '"$here/servers.sh" down --dir "$dir" --purge' EXIT
"$here/install.sh" database broker
cargo build --locked --release -p wharf-e2e -p wharfctl
"$here/servers.sh" up --dir "$dir"
TEST_DATABASE_URL=$(sed -n 's/^DATABASE_URL=//p' "$dir/env")
TEST_AMQP_URL=$(sed -n 's/^AMQP_URL=//p' "$dir/env")
export TEST_DATABASE_URL TEST_AMQP_URL
target=${CARGO_TARGET_DIR:-target}
"$target/release/wharf-bench"
