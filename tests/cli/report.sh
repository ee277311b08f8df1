#!/bin/sh
# tests/cli/report.sh: coxswain report pipeline, the API and what is read in the terminal tell one figure, of the demo
# company, as of any instant, of a team, in both views, as anybody. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=$PWD/${COX_BUILD_NAME:-build/test}/src/command/coxswain
command -v python3 >/dev/null || { echo "1..0 # SKIP there is no python3"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
db=$folder/store.db
"$program" demo --db "$db" --today 2026-07-01 >/dev/null && python3 tests/cli/report_figures.py "$program" "$db"
