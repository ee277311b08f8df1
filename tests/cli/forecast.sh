#!/bin/sh
# tests/cli/forecast.sh: coxswain forecast on small files: good runs and refusals. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=${COX_BUILD:-build/test}/src/command/coxswain
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
number=0
check() {
    number=$((number + 1))
    if [ "$2" = 0 ]; then echo "ok $number - $1"; else echo "not ok $number - $1"; fi
}
refused() { # NAME TEXT ARGS...
    name=$1 text=$2
    shift 2
    said=$("$program" forecast "$@" 2>&1)
    [ $? = 2 ] && printf '%s' "$said" | grep -qF "$text"
    check "$name" $?
}

echo 1..19
printf 'id,amount,probability\na,100,0.5\nb,,30%%\nc,250.50,1\nd,40,0.2\n' >"$folder/deals.csv"
"$program" forecast period --deals "$folder/deals.csv" --target-amount 400 --json >"$folder/period.json"
grep -q '"p10":250.5,"p50":350.5,"p90":450.5,"expected":338.5' "$folder/period.json"
check 'the period adds up' $?
grep -q '"prob_target":0.15[,0]' "$folder/period.json" && grep -q '"amounts_imputed":1' "$folder/period.json"
check 'the target and the imputed amount are told' $?
printf 'amount,probability\n1,0.5\n-5,0.5\n' >"$folder/bad.csv"
refused 'a negative amount is named by row' 'row 3: amount: "-5"' period --deals "$folder/bad.csv"
printf 'amount,probability\n1,1.5\n' >"$folder/bad.csv"
refused 'a chance above 1 is named by row' 'row 2: probability: "1.5"' period --deals "$folder/bad.csv"
refused 'a missing column is named' 'no column "worth"' period --deals "$folder/bad.csv" --amount worth
refused 'rho 1 is refused' 'rho' period --deals "$folder/deals.csv" --rho 1

awk 'BEGIN { print "value"; for (t = 0; t < 48; t++) print 100 + t + (t % 12 == 0 ? 80 : 0) + t * 7 % 5 }' >"$folder/series.csv"
"$program" forecast series --series "$folder/series.csv" --horizon 3 | awk -F, 'NR == 2 && $2 > 180 { s = 1 } NR == 3 && $2 < 175 { n = 1 } END { exit !(s && n && NR == 4) }'
check 'the series keeps its season' $?
printf 'value\n1\nx\n' >"$folder/bad.csv"
refused 'a word in a series is named by row' 'row 3: value: "x"' series --series "$folder/bad.csv"

# 600 deals won by region alone; "closed_note" is filled in from the outcome.
awk 'BEGIN { srand(1); print "id,region,size,note,closed_note,outcome"
    for (i = 0; i < 600; i++) { r = int(rand() * 4); w = rand() < .1 + .25 * r
        printf "%d,%s,%d,%d,%s,%s\n", i, substr("NSEW", r + 1, 1), rand() * 9, rand() * 5, w ? "paid" : "none", w ? "Won" : "Lost" } }' >"$folder/closed.csv"
"$program" forecast score --train "$folder/closed.csv" --score "$folder/closed.csv" --out "$folder/scores.csv" >"$folder/score.txt"
grep -q '^usable signal' "$folder/score.txt" && grep -q '^refused: closed_note tells the outcome' "$folder/score.txt"
check 'signal is found, a leaky field is refused' $?
[ "$(wc -l <"$folder/scores.csv")" = 601 ]
check 'every deal has a score' $?
"$program" forecast score --train "$folder/closed.csv" --json >"$folder/a.json"
"$program" forecast score --train "$folder/closed.csv" --json | cmp -s - "$folder/a.json"
check 'the same data give the same bytes' $?
"$program" forecast score --train "$folder/closed.csv" --drop region --drop closed_note | grep -q '^no usable signal'
check 'without the field that matters there is no usable signal' $?
refused 'a backtest of one month is refused' 'a backtest needs more' backtest --deals tests/cli/one-month.csv

printf 'id,amount,currency,probability\na,100,EUR,1\nb,200,USD,0.5\nc,300,GBP,1\n' >"$folder/money.csv"
printf 'currency,rate\nUSD,0.9\n' >"$folder/rates.csv"
refused 'two currencies without rates name the deal' 'no rate from "USD" into "EUR" for deal "b"' period --deals "$folder/money.csv"
refused 'a currency without a rate names the deal' 'no rate from "GBP" into "EUR" for deal "c"' period --deals "$folder/money.csv" --into EUR --rates "$folder/rates.csv"
printf 'GBP,-1\n' >>"$folder/rates.csv"
refused 'a rate below 0 is refused' 'row 3: rate: "-1"' period --deals "$folder/money.csv" --into EUR --rates "$folder/rates.csv"
printf 'currency,rate\nUSD,0.9\nGBP,1.2\n' >"$folder/rates.csv"
"$program" forecast period --deals "$folder/money.csv" --into EUR --rates "$folder/rates.csv" --json | grep -q '"p10":460,"p50":460,"p90":640,"expected":550'
check 'rates convert' $?
"$program" forecast series --series "$folder/series.csv" --form AAA --json | grep -q '"form":"ETS(A,A,A)","log_likelihood":-'
check 'one form of smoothing on its own' $?
refused 'a form that is none' 'must be error' series --series "$folder/series.csv" --form AXA
