#!/bin/sh
# tests/cli/maven.sh: figures of the Maven sales set against an independent script that reads its files. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=$PWD/${COX_BUILD_NAME:-build/test}/src/command/coxswain
for root in "${COX_SHARED:-../shared}" ../shared ../../shared ../../../shared; do
    maven=$root/data/maven-crm
    [ ! -r "$maven/sales_pipeline.csv" ] || break
done
[ -r "$maven/sales_pipeline.csv" ] || { echo "1..0 # SKIP the Maven set is not there"; exit 0; }
command -v python3 >/dev/null || { echo "1..0 # SKIP there is no python3"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C
db=$folder/store.db
"$program" init --db "$db" --zone UTC --currency USD >/dev/null 2>&1 &&
    "$program" import "$maven" --db "$db" --errors "$folder" >/dev/null 2>&1 &&
    python3 tests/cli/maven_figures.py "$program" "$db" "$maven"
