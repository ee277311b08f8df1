#!/bin/sh
# tests/tree/listed.sh: every source, test and feature stands in the list that makes it part of the
# program. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."

# Each .c file is named in the meson.build of its folder or of one above it, under its path there.
sources() {
    find src -name '*.c' | sort | while read -r file; do
        folder=$(dirname "$file")
        while [ "$folder" != . ]; do
            name=${file#"$folder"/}
            if [ -f "$folder/meson.build" ] && grep -q "'$name'" "$folder/meson.build"; then
                continue 2
            fi
            folder=$(dirname "$folder")
        done
        echo "$file is in no meson.build"
    done
}

tests() {
    find tests -name 'test_*.c' | sort | while read -r file; do
        name=$(basename "$file" .c)
        grep -q "'${name#test_}'" "$(dirname "$file")/meson.build" ||
            echo "$file is not in $(dirname "$file")/meson.build"
    done
}

features() {
    [ -f src/command/features.c ] || return 0
    grep -rhoE '^const struct cox_feature cox_feature_[a-z0-9_]+' src | sed 's/.* //' | sort |
        while read -r feature; do
            grep -q "&$feature\\b" src/command/features.c ||
                echo "$feature is not in src/command/features.c"
        done
}

scripts() {
    for file in run test .ci/run tools/*; do
        [ -x "$file" ] || echo "$file is not executable"
        sh -n "$file" 2>&1 || true
    done
}

echo 1..4
number=0
for what in sources tests features scripts; do
    number=$((number + 1))
    found=$($what)
    if [ -z "$found" ]; then
        echo "ok $number - $what"
    else
        echo "not ok $number - $what"
        printf '%s\n' "$found" | sed 's/^/# /'
    fi
done
