#!/bin/sh
# tests/fault/postgres_stop.sh LOAD [ROUNDS]: PostgreSQL stopped without warning (immediate: what a power cut
# leaves to its recovery) while saves run; they go on when it is back, none acknowledged is lost.
set -eu
load=$1
rounds=${2:-4}
tool=$(dirname "$0")/../../tools/pg-test-cluster
bin=
for at in /usr/lib/postgresql/*/bin; do
    [ ! -x "$at/pg_ctl" ] || bin=$at
done
[ -n "$bin" ] || { echo "PostgreSQL is not installed: skipped"; exit 77; }
started=$("$tool" start) || { echo "no test cluster: skipped"; exit 77; }
cluster=${started%% *}
url=${started#* }
dir=$(mktemp -d "${TMPDIR:-/tmp}/cox-stop-XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || :; "$tool" stop "$cluster"; rm -rf "$dir"' EXIT

as_owner() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups env -i \
            PATH="$bin:/usr/bin:/bin" LC_ALL=C.UTF-8 HOME="$cluster" "$@"
    else
        "$@"
    fi
}

"$load" check "$url" "$dir/list" >/dev/null # makes the store
"$load" run "$url" "$dir/list" &
pid=$!
cd "$cluster"
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    sleep "0.$((round * 37 % 7 + 3))"
    as_owner "$bin/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null
    as_owner "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/server.log" -w \
        -o "$(sed -n 's/^[^ ]*postgres"* //p' "$cluster/data/postmaster.opts" 2>/dev/null | tr -d '"')" \
        start >/dev/null
    sleep 0.4
    before=$(wc -l <"$dir/list")
    sleep 0.4
    [ "$(wc -l <"$dir/list")" -gt "$before" ] ||
        { echo "saves did not go on after stop $round" >&2; exit 1; }
    kill -0 $pid || { echo "the program died with the server" >&2; exit 1; }
done
cd - >/dev/null
kill -9 $pid
wait $pid 2>/dev/null || :
pid=
echo "$rounds stops: $("$load" check "$url" "$dir/list")"
