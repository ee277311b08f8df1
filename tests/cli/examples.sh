#!/bin/sh
# tests/cli/examples.sh: the examples of docs/api.md and docs/webhooks.md do what they say: each step is run as it stands
# against a real server over a made-up company. A comment "# 201: id, "Ann"" says the status and words of the
# last reply before it. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
pages=$PWD/docs
program=${COX_BUILD:-$PWD/build/test}/src/command/coxswain
command -v curl >/dev/null || { echo "# curl is wanted"; exit 77; }
folder=$(mktemp -d)
unset COX_DB
server=
where=
finish() {
    [ -z "$where" ] || tell 1 "the example that ends at $where"
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
number=0

tell() {
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' said
    fi
}

# The examples ask with these: the program of this tree, and a curl that leaves head and body for expect.
coxswain() {
    "$program" "$@"
}

curl() {
    rm -f head body
    command curl -D head "$@" 2>>log | tee body
}

# expect STATUS WORDS: of the last reply; words with commas between; a bare one is a name in JSON.
expect() {
    got=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' head | tail -n 1)
    [ "$got" = "$1" ] || { echo "status $got instead of $1: $(head -c 600 body)"; return 1; }
    words=$2
    while [ -n "$words" ]; do
        word=${words%%, *}
        words=${words#"$word"}
        words=${words#, }
        case $word in *[!a-z_]*) ;; *) word="\"$word\"" ;; esac
        grep -qF -- "$word" body || { echo "no $word in: $(head -c 600 body)"; return 1; }
    done
}

# steps PAGE: its examples as a script, with a step for each; what comments promise is asked for.
steps() {
    awk -v page="$1" '
        /^```sh$/ { inside = 1; print "step() {\nset -e"; next }
        /^```$/ && inside { inside = 0; printf "}\nrun %s:%d\n", page, NR; next }
        inside && /^# [0-9][0-9][0-9]/ {
            status = substr($0, 3, 3); words = substr($0, 8); gsub(/\047/, "\047\\\047\047", words)
            printf "expect %s \047%s\047\n", status, words; promises++; next
        }
        inside { print }
        END { printf "promises=$((promises + %d))\n", promises }' "$pages/$1" |
        sed "s,http://127.0.0.1:8080,$url,"
}

# A step runs in this shell, so that the next one finds its words; one that fails ends the script (set -e), and
# finish tells.
run() {
    where=$1
    step >said 2>&1
    set +e
    tell 0 "the example that ends at $where"
    where=
}

coxswain demo >said 2>&1 && coxswain user sign-ins >signs 2>>said &&
    [ "$(cut -c 3-21 signs | sed 's/ *$//' | tr '\n' ',')" = 'manager and leader,rep,executive,administrator,works council,' ]
tell $? 'somebody of each role to sign in as'
{
    coxswain user add ada@example.com --name 'Ada Berg' --hat admin --hat executive &&
        echo 'a long enough passphrase' | coxswain user password ada@example.com
} >said 2>&1
tell $? 'a company to ask about'
"$program" serve --listen 127.0.0.1:0 --quiet >out 2>log &
server=$!
url=
for _ in $(seq 3000); do
    url=$(sed -n 's,.*\(http://[0-9.:]*\).*,\1,p;q' out)
    [ -z "$url" ] || break
    sleep 0.02
done
[ -n "$url" ]
tell $? 'the server is up'
promises=0
for page in api.md webhooks.md; do
    steps $page >script
    . ./script
done
[ "$promises" -gt 15 ]
tell $? 'the pages promise what comes back'
echo "1..$number"
