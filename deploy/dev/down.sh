#!/usr/bin/env bash
# `make down`: stops what `make up` started, and nothing else. The data stays in .run for the next `make up`.
#
#   down.sh [--purge]     --purge: the data of the private servers goes too
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
for part in say processes ports services; do
  # shellcheck source-path=SCRIPTDIR/parts disable=SC1090
  source "$here/parts/$part.sh"
done
[[ -d .run ]] || exit 0
INSTANCE=$(cd .run && pwd -P)
exec 9>"$INSTANCE/lock"
flock -w 120 9 || die "another 'make up' or 'make down' is at work here"
services_stop
"$here/servers.sh" down --dir "$INSTANCE/servers" "$@"
if [[ " $* " == *" --purge "* ]]; then rm -rf "${INSTANCE:?}/media"; fi
rm -f "$INSTANCE/env"
