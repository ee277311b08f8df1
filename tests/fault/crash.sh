#!/bin/sh
# tests/fault/crash.sh LOAD [ROUNDS]: kill -9 while saves run, again and again; no acknowledged save
# may be lost, and the store opens and verifies each time.
set -eu
load=$1
rounds=${2:-10}
dir=$(mktemp -d "${TMPDIR:-/tmp}/cox-crash-XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || :; rm -rf "$dir"' EXIT
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    "$load" run "$dir/store.db" "$dir/list" &
    pid=$!
    sleep "0.$((round * 37 % 7 + 2))"
    kill -9 $pid
    wait $pid 2>/dev/null || :
    pid=
    "$load" check "$dir/store.db" "$dir/list" >"$dir/said" || exit 1
done
[ -s "$dir/list" ] || { echo "nothing was acknowledged: the test has tested nothing" >&2; exit 1; }
echo "$rounds kills: $(cat "$dir/said")"
