#!/bin/sh
# tests/tree/floors.sh: no file includes upward or sideways (architecture.md, section 2). Prints TAP.
set -eu
cd "$(dirname "$0")/../.."

# check ROOT: prints each include under ROOT/src that breaks the floors.
check() {
    (cd "$1/src" && find . -name '*.[ch]' | sed 's/^\.\///' | sort | xargs -r grep -Hn '^ *# *include *"') |
        awk '
        BEGIN {
            split("base 0 kernel 1 record 1 jobs 2 serve 2 org 3 sales 4 manager 5 leader 5 connect 5 demo 6 command 7", list, " ")
            for (i = 1; i in list; i += 2) floor[list[i]] = list[i + 1]
            # Within kernel/ a subfolder is a library of its own; statistics are the ground of the rest.
            may["forecast stats"]; may["territory stats"]; may["match stats"]; may["book stats"]; may["privacy stats"]; may["score stats"]
        }
        {
            split($0, part, ":")
            file = part[1]
            match($0, /"[^"]*"/)
            target = substr($0, RSTART + 1, RLENGTH - 2)
            n = split(file, from, "/")
            m = split(target, to, "/")
            if (m < 2) { print file ":" part[2] ": \"" target "\" does not start with its room"; next }
            if (!(from[1] in floor)) { print file ": room " from[1] " has no floor"; next }
            if (!(to[1] in floor)) { print file ":" part[2] ": unknown room in \"" target "\""; next }
            if (from[1] != to[1] && floor[to[1]] >= floor[from[1]]) {
                way = floor[to[1]] > floor[from[1]] ? "upward" : "sideways"
                print file ":" part[2] ": includes \"" target "\", which is " way
            }
            if (from[1] == "kernel" && to[1] == "kernel" && n > 2 && m > 2 && from[2] != to[2] &&
                !((from[2] " " to[2]) in may)) {
                print file ":" part[2] ": includes \"" target "\", which is another kernel"
            }
        }'
}

plant() {
    mkdir -p "$tree/src/${1%/*}"
    printf '#include <stdio.h>\n#include "%s"\n' "$2" >"$tree/src/$1"
}

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
echo 1..2
plant base/a.c record/db.h
plant manager/b.c leader/coaching.h
plant kernel/c.c record/db.h
plant kernel/book/d.c kernel/territory/model.h
plant org/e.c check.h
plant org/f.c record/db.h
plant kernel/forecast/g.c kernel/stats/special.h
if [ "$(check "$tree" | wc -l)" = 5 ]; then
    echo 'ok 1 - planted breaks are found'
else
    check "$tree" | sed 's/^/# /'
    echo 'not ok 1 - planted breaks are found'
fi
found=$(check .)
if [ -z "$found" ]; then
    echo 'ok 2 - no include is upward or sideways'
else
    echo 'not ok 2 - no include is upward or sideways'
    printf '%s\n' "$found" | sed 's/^/# /'
fi
