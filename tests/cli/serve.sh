#!/bin/sh
# tests/cli/serve.sh: coxswain serve as a program: starting, HTTPS and new certificates, a taken port, revoking beside
# it, stopping. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=$PWD/${COX_BUILD_NAME:-build/test}/src/command/coxswain
command -v curl >/dev/null && command -v openssl >/dev/null || { echo "# curl and openssl are wanted"; exit 77; }
folder=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT
db=$folder/store.db
number=0

# check NAME COMMAND...
check() {
    number=$((number + 1))
    name=$1
    shift
    if "$@" >"$folder/said" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$folder/said" "$folder/log"
    fi
}

# start ARGUMENT...: a server on a free port; its address in $url.
start() {
    : >"$folder/out"
    "$program" serve --db "$db" --listen 127.0.0.1:0 "$@" >"$folder/out" 2>>"$folder/log" &
    server=$!
    for _ in $(seq 3000); do
        url=$(head -n 1 "$folder/out")
        [ -z "$url" ] || return 0
        sleep 0.02
    done
    return 1
}

stop() {
    kill "$server"
    wait "$server"
    status=$?
    server=
    return $status
}

certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
}

shown() {
    echo | openssl s_client -connect "${url#https://}" 2>/dev/null | openssl x509 -noout -subject | grep -q "CN = $1"
}

# soon COMMAND...: does it succeed within a minute?
soon() {
    for _ in $(seq 600); do
        ! "$@" || return 0
        sleep 0.1
    done
    return 1
}

get() {
    curl -s --max-time 10 "$@"
}

status_of() {
    wanted=$1
    shift
    got=$(get -o /dev/null -w '%{http_code}' "$@")
    [ "$got" = "$wanted" ] || { echo "status $got, expected $wanted"; return 1; }
}

echo 1..15
check 'no store, no server' sh -c "! '$program' serve --db '$folder/none.db' --listen 127.0.0.1:0"
"$program" init --db "$db" --zone UTC --currency EUR >/dev/null 2>&1
"$program" user add ada@example.com --name Ada --hat admin --db "$db" >/dev/null 2>&1
token=$("$program" token add ada@example.com --label test --db "$db" 2>/dev/null)
check 'no address, no server' sh -c "! '$program' serve --db '$db' --listen nowhere"
check 'a key needs its certificate' sh -c "! '$program' serve --db '$db' --listen 127.0.0.1:0 --tls-key x"
check 'it starts' start
check 'it lives' status_of 200 "$url/healthz"
check 'a taken port is said' sh -c "'$program' serve --db '$db' --listen '${url#http://}' 2>&1 | grep -q 'is taken'"
check 'a token lets in' status_of 200 -H "Authorization: Bearer $token" "$url/api/v1/users"
"$program" token revoke "$("$program" token list --db "$db" | sed -n '2s/ .*//p')" --db "$db" 2>/dev/null
check 'revoked on the command line beside it, it does not' status_of 401 -H "Authorization: Bearer $token" "$url/api/v1/users"
check 'it stops when told to' stop
certificate one
check 'it starts with HTTPS' start --tls-cert "$folder/cert.pem" --tls-key "$folder/key.pem"
check 'HTTPS is answered, for good' sh -c "curl -ski '$url/healthz' | grep -qi '^strict-transport-security:'"
check 'the certificate is shown' shown one
certificate two
kill -HUP "$server"
check 'a new one after SIGHUP' soon shown two
: >"$folder/key.pem"
kill -HUP "$server"
soon grep -q reload_failed "$folder/log"
check 'a bad one changes nothing' shown two
check 'it stops' stop
