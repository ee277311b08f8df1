#!/bin/sh
# bench/import.sh: a file of N deals (1,000,000) imported with validation, history, references, search
# and indexes, against the sqlite3 shell's .import of the very same rows into the same tables.
#
# The shell gets the finished rows of every table the import filled, as CSV, and an empty store of
# the same schema with all its indexes. What is only in the import (reading dates, money, stages,
# owners, digests of the log, search words) counts for us; search is left out for the shell.
# usage: bench/import.sh [N [COXSWAIN]]
set -eu

rows=${1:-1000000}
coxswain=${2:-build-rel/src/command/coxswain}
bar=0.5
work=$(mktemp -d "${TMPDIR:-/tmp}/cox-bench-import-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
tables="opportunity opportunity_past external_id log_row"

awk -v n="$rows" -f "$(dirname "$0")/import.awk" >"$work/deals.csv"

seconds() {
    start=$(date +%s%N)
    "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
    end=$(date +%s%N)
    awk -v a="$start" -v b="$end" 'BEGIN { printf "%.3f", (b - a) / 1e9 }'
}

ours=$(seconds /usr/bin/env "$coxswain" import "$work/deals.csv" --db "$work/ours.db" \
    --errors "$work" --json)
made=$(sqlite3 "$work/ours.db" 'select count(*) from opportunity')
test "$made" -eq "$rows" || { echo "only $made of $rows deals were imported" >&2; exit 1; }

"$coxswain" init --db "$work/shell.db" >/dev/null
{
    echo ".mode csv"
    for table in $tables; do
        sqlite3 -csv "$work/ours.db" "select * from \"$table\"" >"$work/$table.csv"
        echo ".import $work/$table.csv $table"
    done
} >"$work/import.sql"
sqlite3 "$work/shell.db" 'delete from log_row; delete from external_id'
shell=$(seconds sqlite3 "$work/shell.db" ".read $work/import.sql")

awk -v n="$rows" -v a="$ours" -v b="$shell" -v bar="$bar" 'BEGIN {
    printf "{\"bench\":\"import\",\"metric\":\"rows a second\",\"value\":%.0f,\"unit\":\"1/s\",", n / a
    printf "\"baseline\":%.0f,\"ratio\":%.3f,\"bar\":%s,\"met\":%s,\"rows\":%d,\"seed\":7}\n",
        n / b, b / a, bar, (b / a >= bar ? "true" : "false"), n }'
