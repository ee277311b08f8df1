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

echo 1..31
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
printf '3,N,1,1,,Won\n700,N,1,1,,open\n' | cat "$folder/closed.csv" - >"$folder/odd.csv"
"$program" forecast score --train "$folder/odd.csv" --json >"$folder/odd.json"
grep -q '"left_out_rows":\[{"row":602,"reason":"its id was there before"},{"row":603,"reason":"it is neither won nor lost"}\]' "$folder/odd.json"
check 'rows left out of the training are named with the reason' $?
printf 'id,amount,probability\na,10,.5\nb,20,.3\na,5,.1\n' >"$folder/twice.csv"
refused 'a deal that is there twice is refused' '"a" was there before' period --deals "$folder/twice.csv"
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

# Eighteen months of deals of two teams; four rows that are no deals.
awk 'BEGIN { srand(4); print "id,created,closed,outcome,amount,team"
    for (i = 0; i < 900; i++) { m = int(rand() * 17); d = 1 + int(rand() * 27)
        e = m + (rand() < .5); f = e > m ? 1 + int(rand() * 27) : d
        printf "%d,%d-%02d-%02d,%d-%02d-%02d,%s,%d,%s\n", i, 2024 + int(m / 12), m % 12 + 1, d,
            2024 + int(e / 12), e % 12 + 1, f, rand() < .6 ? "Won" : "Lost", 100 + rand() * 900, rand() < .5 ? "east" : "west" }
    print "5,2024-02-01,2024-03-01,Won,100,east"; print "9000,2024-02-01,2124-03-01,Won,100,east"
    print "9001,2024-05-01,2024-03-01,Won,100,east"; print "9002,2024-05-01,,Won,100,east" }' >"$folder/past.csv"
"$program" forecast backtest --deals "$folder/past.csv" --as-of 2026-01-01 --json >"$folder/past.json"
for reason in '"row":902,"reason":"its id was there before"' '"row":903,"reason":"dated after the as-of day"' \
    '"row":904,"reason":"closed before it was created"' '"row":905,"reason":"won or lost without a closing day"'; do
    grep -qF "$reason" "$folder/past.json" || break
    reason=
done
[ -z "$reason" ] && grep -q '"crps":0' "$folder/past.json" && grep -q '"mase":' "$folder/past.json"
check 'a backtest names the rows it leaves out, and scores the whole distribution' $?
awk 'BEGIN { print "month,team,commit,best"; for (m = 3; m < 17; m++) for (t = 0; t < 2; t++)
    printf "%d-%02d,%s,%d,%d\n", 2024 + int(m / 12), m % 12 + 1, t ? "east" : "west", 9000 + 300 * (m * 7 % 5), 14000 }' >"$folder/commits.csv"
"$program" forecast backtest --deals "$folder/past.csv" --by team --commits "$folder/commits.csv" >"$folder/judged.txt" 2>/dev/null
grep -q '^judgement, 2[0-9] periods with commits' "$folder/judged.txt" && grep -q '^best case ' "$folder/judged.txt" &&
    grep -q '^blend ' "$folder/judged.txt"
check 'commits and best cases are judged beside the model' $?
"$program" forecast backtest --deals "$folder/past.csv" --by team --commits "$folder/commits.csv" --json | grep -q '"weight_model":0.[0-9]*,"weight_commit":0.[0-9]*,"weight_best":0.'
check 'the weights are told' $?
printf 'month,team,commit\n2024-05,north,1\n' >"$folder/bad.csv"
refused 'a commit of an unknown team is named by row' 'row 2: team: "north"' backtest --deals "$folder/past.csv" --by team --commits "$folder/bad.csv"
printf 'month,team,commit\nMay,east,1\n' >"$folder/bad.csv"
refused 'a commit without a month is named by row' 'row 2: month: "May"' backtest --deals "$folder/past.csv" --by team --commits "$folder/bad.csv"
printf 'month,team,commit\n2024-05,east,-1\n' >"$folder/bad.csv"
refused 'a commit below 0 is named by row' 'row 2: commit: "-1"' backtest --deals "$folder/past.csv" --by team --commits "$folder/bad.csv"
# Two fields that matter, so that points are taken.
awk 'BEGIN { srand(2); print "id,region,kind,outcome,closed"
    for (i = 0; i < 900; i++) { r = int(rand() * 4); k = int(rand() * 3)
        printf "%d,%s,k%d,%s,2025-0%d-01\n", i, substr("NSEW", r + 1, 1), k, rand() < .1 + .15 * r + .2 * k ? "Won" : "Lost", i < 600 ? 3 : 9 } }' >"$folder/dated.csv"
"$program" forecast score --train "$folder/dated.csv" --score "$folder/dated.csv" --json |
    grep -o '"logit":[-0-9.e]*,"pool_count":[0-9]*,"pool_depth":0,"pool":"all deals","base":[-0-9.e]*,"parts":\[[^]]*' |
    awk -F'[:,\\[]' '{ sum = $10 - $2; for (k = 13; k <= NF; k++) sum += $k; n++
        if (sum > 1e-9 || sum < -1e-9) bad++ } END { exit !(n == 900 && !bad) }'
check 'base and parts add up to the logit of every deal' $?
"$program" forecast score --train "$folder/dated.csv" --score "$folder/dated.csv" --as-of 2025-06-01 --out "$folder/scores.csv" >"$folder/score.txt" 2>/dev/null
grep -q ' 600 closed deals' "$folder/score.txt"
check 'what closed later is not read' $?
sed -n 2p "$folder/scores.csv" | grep -q ',600,all deals,[0-9a-f]\{16\},2025-06-01'
check 'every chance says what it rests on' $?
refused 'an as-of day needs days of closing' 'which column has the day of the close' score --train "$folder/closed.csv" --as-of 2025-06-01
