#!/bin/sh
# tests/cli/store.sh: the commands on a store, from nothing to backup, on both databases; refusals
# and exit statuses. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=$PWD/${COX_BUILD_NAME:-build/test}/src/command/coxswain
folder=$(mktemp -d)
schema=cli_$$
drop() {
    rm -rf "$folder"
    [ -z "${COX_TEST_POSTGRES:-}" ] ||
        psql -q "$COX_TEST_POSTGRES" -c "DROP SCHEMA IF EXISTS $schema CASCADE" \
            -c "DROP SCHEMA IF EXISTS ${schema}_moved CASCADE" >/dev/null 2>&1
}
trap drop EXIT
number=0

# is NAME STATUS EXPECTED ARGUMENT...: exit status, and a pattern (grep -E) in what is printed.
is() {
    number=$((number + 1))
    name=$1 status=$2 expected=$3
    shift 3
    printed=$("$program" "$@" --db "$db" 2>&1 </dev/null)
    got=$?
    if [ $got = "$status" ] && printf '%s\n' "$printed" | grep -Eq -- "$expected"; then
        echo "ok $number - $where: $name"
    else
        echo "not ok $number - $where: $name"
        echo "# exit status $got, expected $status; expected to see: $expected"
        printf '%s\n' "$printed" | sed 's/^/# /'
    fi
}

walk() {
    is 'absent' 3 'coxswain init|need' user list
    is 'bad zone' 3 'no time zone' init --zone Europe/Nowhere
    is 'bad currency' 2 'three capital letters' init --currency euro
    is 'init' 0 '' init --zone UTC --currency USD
    is 'not twice' 1 'already' init
    is 'the store keeps its settings' 0 'keeps its settings' import "$folder/deals.csv" --zone Europe/Berlin --dry-run --errors "$folder"
    is 'add a user' 0 '^[0-9]+$' user add ada@example.com --name 'Ada Berg' --hat manager
    is 'add another' 0 '^[0-9]+$' user add bo@example.com --name 'Bo Li' --reports-to ada@example.com
    is 'no address twice' 1 'already' user add ADA@example.com --name Ada
    is 'no such hat' 2 '--hat is' user add c@example.com --name C --hat king
    is 'nothing half done' 0 '^\[\]$' export users --fields id --filter 'email=eq.c@example.com' --json
    is 'no such manager' 3 'nobody' user add c@example.com --name C --reports-to x@y.z
    is 'bad address' 2 'e-mail' user add nowhere --name C
    is 'list' 0 'manager +ada@example.com +Ada Berg' user list
    is 'add a token' 0 '^cox_' token add ada@example.com --label report
    is 'list tokens' 0 ' report$' token list
    is 'no such token' 3 'no token' token revoke zzzz
    is 'token of nobody' 3 'nobody' token add x@y.z --label report
    is 'export' 0 '^Bo Li,bo@example.com$' export users --fields name,email
    is 'export in order' 0 'Bo Li.*Ada' export users --fields name --order name.desc --json
    is 'export a reference' 0 '^Bo Li,Ada Berg$' export reporting_lines --fields user.name,manager.name
    is 'no such table' 3 'no table' export zzz
    is 'no such field' 2 'no field' export users --fields zzz
    is 'bad filter' 2 'unknown field' export users --filter zzz=eq.1
    is 'bad day' 2 'not a date' export users --as-of soon
    is 'as of a commit' 0 '^Ada Berg$' export users --fields name --as-of seq:2
    is 'no such commit' 3 'no commit' export users --as-of seq:999
    is 'add a formula' 0 '' user add eve@example.com --name '=1+1'
    is 'no formula comes out' 0 "'=1[+]1" export users --fields name
    is 'deactivate' 0 'deactivated' user deactivate bo@example.com
    is 'who left is not listed' 0 '^[0-9]+ +active' user list
    is 'as a manager' 0 '^Ada Berg$' export users --fields name --user ada@example.com
    is 'as one who left' 3 'no longer' export users --user bo@example.com
    is 'audit' 0 '0 faults' audit verify
    is 'digest' 0 '^[0-9a-f]{64}$' digest
    is 'check' 0 'chain is whole' check
    is 'nothing to migrate' 0 'nothing to do' migrate
    is 'brief' 0 'whole company' brief
    is 'report' 0 'money in USD' report pipeline
    is 'report as CSV' 0 '^team,month,won,win_rate' report pipeline --by team,month --measure won,win_rate --csv
    is 'report as JSON' 0 '"total":[{]"values":[{]"won":0.00,"win_rate":null' report pipeline --measure won,win_rate --json --as-of seq:2
    is 'report of a period' 0 '"label":"2026-03"' report pipeline --period 2026-03 --json
    is 'no such measure' 2 'no measure luck' report pipeline --measure luck
    is 'no such dimension' 2 'owner, team' report pipeline --by weather
    is 'no such period' 2 '2026-Q1' report pipeline --period soon
    is 'backup' 0 'verified' backup "$folder/$where.backup"
    is 'never over one' 1 'already|exists|there is' backup "$folder/$where.backup"
    is 'head' 0 '"digest":"[0-9a-f]{64}"' audit head --json
    last=$("$program" log --limit 1 --db "$db" | sed 's/ .*//')
    is 'log' 0 '^seq:1 ' log
    is 'no batches yet' 0 '^\[\]$' log --batches --json
    is 'preview' 0 'can be taken back: 1' undo preview "$last"
    is 'undo' 0 'taken back: 1 in 1 commits, left as they are: 0' undo run "$last"
    is 'who left is back' 0 'Bo Li' user list
    is 'only in part' 1 'refer to it' undo run seq:2
    is 'all or nothing' 1 '' undo run seq:2 --all-or-nothing
    is 'no such commit to undo' 3 'no commit' undo run seq:999
    is 'what to undo' 2 'is written seq:12' undo run 12
    is 'nobody to erase' 3 'no such' erase run user 999999
    is 'nothing of a person' 2 'nothing about a person' erase run team 1
    who=$("$program" export users --fields id --filter 'email=eq.bo@example.com' --db "$db" 2>/dev/null | sed -n 2p)
    is 'how much would go' 0 'would be erased: [1-9]' erase preview user "${who:-2}"
    is 'erase' 0 '^erased: [1-9]' erase run user "${who:-2}"
    is 'the erased one reads so in an export' 0 "^${who:-2},erased" export users --fields id,name --filter "id=eq.${who:-2}"
    is 'the chain is still whole' 0 '0 faults' audit verify
}

db=$folder/store.db where=sqlite
plan=69
[ -z "${COX_TEST_POSTGRES:-}" ] || plan=135
echo 1..$plan
printf 'Deal Name,Amount,Stage,Close Date\nPumps,1200,Proposal,2026-12-01\n' >"$folder/deals.csv"
is 'a trial without a store' 0 'would make a new store' import "$folder/deals.csv" --dry-run --errors "$folder"
is 'leaves none' 3 'no store' check
walk
first=$("$program" digest --db "$folder/sqlite.backup")
db=$folder/restored.db
is 'restore' 0 'verified' restore "$folder/sqlite.backup"
is 'the same state' 0 "^$first\$" digest
is 'not over one' 1 '' restore "$folder/sqlite.backup"
db=$folder/nowhere/x.db
is 'no folder' 1 '' init

[ -n "${COX_TEST_POSTGRES:-}" ] || exit 0
psql -q "$COX_TEST_POSTGRES" -c "CREATE SCHEMA $schema" -c "CREATE SCHEMA ${schema}_moved" >/dev/null
db="$COX_TEST_POSTGRES?options=-csearch_path%3D$schema" where=postgres
walk
db=$folder/store.db
first=$("$program" digest --db "$db")
moved="$COX_TEST_POSTGRES?options=-csearch_path%3D${schema}_moved"
is 'move' 0 'verified' move "$moved"
db=$moved
is 'the same state after moving' 0 "^$first\$" digest
is 'and back' 0 'verified' move "$folder/back.db"
