#!/bin/sh
# tests/cli/territory.sh: coxswain territory on small files: plans checked from the files alone,
# what-if, frontier, limits, contiguity, Ctrl-C, and refusals. Prints TAP.
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
territory() { "$program" territory "$@"; }
# refused NAME TEXT ACCOUNT-ROW: the first account replaced by the row is refused with the text.
refused() {
    awk -v row="$3" 'NR == 2 { print row; next } { print }' "$folder/accounts.csv" >"$folder/bad.csv"
    said=$(territory solve --accounts "$folder/bad.csv" --reps "$folder/reps.csv" 2>&1)
    [ $? = 2 ] && printf '%s' "$said" | grep -qF "$2"
    check "$1" $?
}
# audit PLAN PRICES SHARES: cost, bound and worst deviation of work and potential, from files alone.
audit() {
    awk -F, -v shares="$3" '
    FNR == 1 { file++; next }
    file == 1 { hx[$1] = $2; hy[$1] = $3; share[$1] = $4; next }
    file == 2 { lam[$1] = $2; mu[$1] = $3; next }
    file == 3 { rep[$1] = $2; plans++; next }
    file == 4 { x[$1] = $2; y[$1] = $3; v[$1] = $4; w[$1] = $5; p[$1] = $6; own[$1] = $7; rel[$1] = $8 }
    function c(i, j) { return v[i] * sqrt((x[i] - hx[j]) ^ 2 + (y[i] - hy[j]) ^ 2) / 1000 + (j == own[i] ? 0 : rel[i]) }
    END {
        if (shares != "") { split(shares, s, "="); share[s[1]] = s[2] }
        for (j in share) all += share[j]
        for (i in x) { W += w[i]; P += p[i]; n++; cost += c(i, rep[i]); lw[rep[i]] += w[i]; lp[rep[i]] += p[i]
            best = 1e300
            for (j in share) if (share[j] > 0) { r = c(i, j) + lam[j] * w[i] + mu[j] * p[i]; if (r < best) best = r }
            D += best }
        for (j in share) { t = share[j] / all
            a = lam[j] * W * t * 1.05; b = lam[j] * W * t * .95; D -= a > b ? a : b
            a = mu[j] * P * t * 1.1; b = mu[j] * P * t * .9; D -= a > b ? a : b
            if (t == 0) { if (lw[j] > 0) out = 1; continue }
            d = lw[j] / (W * t) - 1; d = d < 0 ? -d : d; dw = d > dw ? d : dw
            d = lp[j] / (P * t) - 1; d = d < 0 ? -d : d; dp = d > dp ? d : dp }
        printf "%d %.6f %.6f %d\n", plans == n, cost, D, dw <= .05 + 1e-9 && dp <= .1 + 1e-9 && !out
    }' "$folder/reps.csv" "$2" "$1" "$folder/accounts.csv"
}
field() { sed -n "s/.*\"$1\":\([^,}]*\).*/\1/p" "$2"; }
near() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d < 1e-6 * a && -d < 1e-6 * a) }'; }

echo 1..51
# A grid of 24 x 25 accounts, 25 km apart, six reps; owners by column, neighbours side by side.
awk 'BEGIN { srand(7); print "account,x,y,visits,work,potential,owner,relation_km"
    for (i = 0; i < 600; i++) { c = i % 24; printf "a%d,%d,%d,%d,%d,%d,r%d,%d\n", i, c * 25000, int(i / 24) * 25000, 2 + rand() * 10, 100 + rand() * 300, 1000 + rand() * 9000, 1 + int(c / 4), 40 + rand() * 200 } }' >"$folder/accounts.csv"
printf 'rep,x,y,share\nr1,90000,80000,1\nr2,300000,120000,1\nr3,520000,90000,0.8\nr4,80000,500000,1\nr5,280000,430000,1\nr6,500000,480000,0.5\n' >"$folder/reps.csv"
awk 'BEGIN { print "from,to"; for (i = 0; i < 600; i++) { if (i % 24 < 23) print "a" i ",a" i + 1; if (i < 576) print "a" i ",a" i + 24 } }' >"$folder/edges.csv"
both="--accounts $folder/accounts.csv --reps $folder/reps.csv"
quick='--effort 0.1'

# shellcheck disable=SC2086 # lists of words on purpose
territory solve $both $quick --out "$folder/plan.csv" --prices "$folder/prices.csv" --json >"$folder/solve.json"
check 'a plan is found' $?
audit "$folder/plan.csv" "$folder/prices.csv" '' >"$folder/audit"
read -r whole cost bound fits <"$folder/audit"
[ "$whole" = 1 ] && near "$cost" "$(field cost_km "$folder/solve.json")"
check 'every account has a rep, and the cost adds up' $?
near "$bound" "$(field bound_km "$folder/solve.json")"
check 'the bound follows from the prices written' $?
[ "$fits" = 1 ]
check 'work and potential are within tolerance' $?
awk -v c="$cost" -v b="$bound" 'BEGIN { exit !(c >= b && c < 1.02 * b) }'
check 'the gap is proven and small' $?
for threads in 1 3; do
    territory solve $both $quick --threads $threads --out "$folder/$threads.csv" --json >/dev/null
done
cmp -s "$folder/1.csv" "$folder/3.csv" && cmp -s "$folder/1.csv" "$folder/plan.csv"
check 'the number of threads does not change the plan' $?

territory whatif $both --before "$folder/plan.csv" --before-prices "$folder/prices.csv" --json \
    --out "$folder/same.csv" >"$folder/same.json" && cmp -s "$folder/same.csv" "$folder/plan.csv"
check 'what-if without a change leaves the plan alone' $?
territory whatif $both --before "$folder/plan.csv" --before-prices "$folder/prices.csv" --leaves r6 \
    --json --out "$folder/left.csv" --prices "$folder/left-prices.csv" >"$folder/left.json"
check 'a rep leaves: there is a plan' $?
audit "$folder/left.csv" "$folder/left-prices.csv" r6=0 >"$folder/audit"
read -r whole cost bound fits <"$folder/audit"
[ "$whole" = 1 ] && [ "$fits" = 1 ] && ! grep -q ',r6$' "$folder/left.csv"
check 'nobody stays with the rep who left, and the others are in balance' $?
lost=$(grep -c ',r6$' "$folder/plan.csv")
[ "$(field forced "$folder/left.json")" = "$lost" ] && [ "$(field moved "$folder/left.json")" -le $((4 * lost)) ]
check 'those who had to move are counted, few others move' $?
territory whatif $both --before "$folder/left.csv" --before-prices "$folder/left-prices.csv" --json \
    --out "$folder/back.csv" >"$folder/back.json" && grep -q ',r6$' "$folder/back.csv"
check 'a rep joins' $?
territory whatif $both --before "$folder/plan.csv" --share r3=0.4 --share r6=0.9 --json \
    --out "$folder/share.csv" >"$folder/share.json" && [ "$(field moved "$folder/share.json")" -gt 0 ]
check 'shares change, without prices' $?
territory whatif $both --before "$folder/plan.csv" --leaves nobody >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'there is no rep "nobody"' "$folder/said"
check 'a rep who does not exist cannot leave' $?
territory whatif $both --before "$folder/plan.csv" --share r3 >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'is not REP=SHARE' "$folder/said"
check 'a share without a number is refused' $?
territory whatif $both >"$folder/said" 2>&1
[ $? = 2 ] && grep -q -- '--before' "$folder/said"
check 'what-if wants a plan' $?
{ head -n 3 "$folder/plan.csv"; sed -n 2p "$folder/plan.csv"; } >"$folder/twice.csv"
territory whatif $both --before "$folder/twice.csv" >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'row 3: account' "$folder/said"
check 'a plan with an account twice is refused' $?

free=$(field moved "$folder/solve.json")
territory solve $both $quick --max-moves $((free * 3 / 4)) --json >"$folder/few.json" &&
    [ "$(field moved "$folder/few.json")" -le $((free * 3 / 4)) ]
check 'a limit on moves is kept' $?
pct=$(awk -v p="$(field moved_potential_pct "$folder/solve.json")" 'BEGIN { print .8 * p }')
territory solve $both $quick --max-moved-potential "$pct" --json >"$folder/few.json" &&
    awk -v p="$(field moved_potential_pct "$folder/few.json")" -v most="$pct" 'BEGIN { exit !(p <= most) }'
check 'a limit on moved potential is kept' $?
territory frontier $both $quick --points 4 | awk 'NR > 2 { if ($1 > moves * 1.01 || $2 < km * .999) bad = 1 } NR > 1 { moves = $1; km = $2; n++ } END { exit bad || n != 4 }'
check 'the frontier goes from many moves to few, and travel grows' $?

territory solve $both --effort 0.2 --neighbours "$folder/edges.csv" --out "$folder/one.csv" --json >"$folder/one.json"
check 'a connected plan is found' $?
# Components by union-find over edges within a territory, apart from the program.
awk -F, 'function root(a) { while (up[a] != a) a = up[a]; return a }
    FNR == 1 { file++; next }
    file == 1 { rep[$1] = $2; up[$1] = $1; next }
    rep[$1] == rep[$2] { up[root($1)] = root($2) }
    END { for (a in up) if (up[a] == a && seen[rep[a]]++) exit 1 }' "$folder/one.csv" "$folder/edges.csv"
check 'every territory is in one piece' $?
awk -F, 'NR == 1 || ($1 != "a0" && $2 != "a0")' "$folder/edges.csv" >"$folder/cut.csv"
territory solve $both $quick --neighbours "$folder/cut.csv" >"$folder/said" 2>&1
[ $? = 1 ] && grep -q 'row 1: neighbours: 1 accounts' "$folder/said"
check 'an account cut off from the others is the reason told' $?

territory solve $both $quick --work-tol 0.001 --potential-tol 0.001 --neighbours "$folder/edges.csv" --out "$folder/least.csv" >"$folder/said" 2>&1
[ $? = 1 ] && grep -qE '^outside +rep r[1-6]: (work|potential) [-+][0-9.]+ %, allowed 0.00 %: [0-9.]+ too (much|little)$' "$folder/said" &&
    awk '/^balance/ { sub("%", "", $4); exit !($4 < 1.5) }' "$folder/said" && [ "$(wc -l <"$folder/least.csv")" = 601 ]
check 'tolerances nobody can keep: who is outside by how much, and little' $?

# Minutes instead of km: a river between columns 11 and 12 costs 500 minutes. Positions are not needed.
awk -F, 'FNR == 1 { file++; next } file == 1 { x[$1] = $2; y[$1] = $3; next }
    FNR == 2 { print "account,rep,minutes" }
    { for (j in x) printf "%s,%s,%.1f\n", $1, j, sqrt(($2 - x[j]) ^ 2 + ($3 - y[j]) ^ 2) / 1000 + (($2 < 290000) != (x[j] < 290000)) * 500 }' \
    "$folder/reps.csv" "$folder/accounts.csv" >"$folder/travel.csv"
cut -d, -f1,4-8 "$folder/accounts.csv" >"$folder/nowhere.csv"
cut -d, -f1,4 "$folder/reps.csv" >"$folder/homeless.csv"
times="--accounts $folder/nowhere.csv --reps $folder/homeless.csv --work-tol 40 --potential-tol 40"
territory solve $times $quick --travel "$folder/travel.csv" --out "$folder/min.csv" --prices "$folder/min-prices.csv" --json >"$folder/min.json"
check 'a plan by travel times is found' $?
cost=$(awk -F, 'FNR == 1 { file++; next } file == 1 { rep[$1] = $2; next } file == 2 { v[$1] = $2; own[$1] = $5; rel[$1] = $6; next }
    $2 == rep[$1] { sum += v[$1] * $3 + ($2 == own[$1] ? 0 : rel[$1]); n++ } END { if (n == 600) printf "%.6f", sum }' \
    "$folder/min.csv" "$folder/nowhere.csv" "$folder/travel.csv")
near "$cost" "$(field cost_km "$folder/min.json")" && grep -q '"unit":"minutes"' "$folder/min.json" &&
    awk -v g="$(field gap_pct "$folder/min.json")" 'BEGIN { exit !(g >= 0 && g < 1) }'
check 'its cost is that of the times given, within 1 % of the bound' $?
awk -F, 'FNR == 1 { file++; next } file == 1 { rep[$1] = $2; next } file == 2 { x[$1] = $2; next }
    (x[rep[$1]] < 290000) != ($2 < 290000) { bad++ } END { exit bad > 30 }' "$folder/min.csv" "$folder/reps.csv" "$folder/accounts.csv"
check 'hardly anybody crosses the river' $?
# travel_refused NAME TEXT SED-SCRIPT
travel_refused() {
    sed "$3" "$folder/travel.csv" >"$folder/bad.csv"
    territory solve $times --travel "$folder/bad.csv" >"$folder/said" 2>&1
    [ $? = 2 ] && grep -qF "$2" "$folder/said"
    check "$1" $?
}
travel_refused 'a pair without a time' 'has no row for account' '2d'
travel_refused 'a pair twice' 'row 2: rep: the same account has a row before' '2p'
travel_refused 'a time below 0' 'row 1: minutes: not a number of 0 or above' '2s/,[0-9.]*$/,-3/'
travel_refused 'times of nobody' 'row 1: account: there is no account "b0"' '2s/^a0/b0/'

printf 'rep,x,y,share\nr7,300000,300000,1\n' >"$folder/new.csv"
territory whatif $both --before "$folder/plan.csv" --before-prices "$folder/prices.csv" --joins "$folder/new.csv" --json --out "$folder/joined.csv" >"$folder/joined.json" &&
    [ "$(grep -c ',r7$' "$folder/joined.csv")" -ge 60 ] && [ "$(field reps "$folder/joined.json")" = 7 ]
check 'a rep of another file joins and gets a territory' $?
territory whatif $both --before "$folder/plan.csv" --joins "$folder/reps.csv" >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'row 1: rep: "r1" is there already' "$folder/said"
check 'a rep who is there cannot join' $?
bin=${COX_SHARED:-../shared}/data/territory/seeded/i_1000_10_1.bin
if [ -f "$bin" ]; then
    printf 'rep,x,y,skills\n10,-1000000,0,0 1 2 3 4\n' >"$folder/new.csv"
    territory solve "$bin" --effort 0.02 --out "$folder/b.csv" --prices "$folder/bp.csv" --json >"$folder/b.json" &&
        territory whatif "$bin" --effort 0.02 --before "$folder/b.csv" --before-prices "$folder/bp.csv" --joins "$folder/new.csv" --json --out "$folder/b2.csv" >"$folder/b2.json" &&
        [ "$(grep -c ',10$' "$folder/b2.csv")" -ge 50 ] && [ "$(field moved "$folder/b2.json")" -lt 400 ]
    check 'a rep joins an instance of numbers' $?
    printf 'rep,x,y\n11,0,0\n' >"$folder/new.csv"
    territory whatif "$bin" --before "$folder/b.csv" --joins "$folder/new.csv" >"$folder/said" 2>&1
    [ $? = 2 ] && grep -q 'row 1: rep: reps of this instance are numbered: the next is 10' "$folder/said"
    check 'its number is the next' $?
else
    for number in $((number + 1)) $((number + 2)); do echo "ok $number # skip no $bin"; done
fi

# On a terminal of its own: the line of progress, and Ctrl-C typed into it.
typed() {
    for _ in $(seq 600); do
        ! grep -q 'rounding:' "$folder/screen" || break
        sleep 0.1
    done
    sleep 1
    printf '\003'
    sleep 1
}
typed | script -qefc "stty cols 200; exec $program territory solve $both --effort 5000 --time 100 --out $folder/int.csv --json >$folder/int.json" /dev/null >"$folder/screen"
[ $? -le 1 ] && [ "$(wc -l <"$folder/int.csv")" = 601 ] && grep -q '"is_stopped":true' "$folder/int.json" &&
    awk -v s="$(field seconds "$folder/int.json")" 'BEGIN { exit !(s > 0 && s < 95) }'
check 'Ctrl-C on a terminal returns the best plan so far' $?
tr '\r' '\n' <"$folder/screen" | grep -qE '^rounding: [0-9]+ of 100 \([0-9]+ %\)'
check 'the terminal shows how far the work is' $?
awk -v g="$(field gap_pct "$folder/int.json")" -v o="$(field out_of_tolerance "$folder/int.json")" 'BEGIN { exit !(o == 0 && g < 2) }'
check 'what was stopped holds all limits' $?
territory size --accounts "$folder/accounts.csv" --from 4 --to 6 --rep-cost 90000 --km-cost 1 --json 2>/dev/null |
    grep -q '"reps":4.*"reps":5.*"reps":6'
check 'sizes are compared' $?
territory centers --accounts "$folder/accounts.csv" --count 5 --neighbours "$folder/edges.csv" --work-tol 10 --json |
    grep -q '"component_max":1,"is_feasible":true'
check 'centres are found, in one piece each' $?

refused 'no number' 'row 1: visits' 'a0,0,0,x,100,1000,r1,0'
refused 'not finite' 'row 1: work' 'a0,0,0,1,inf,1000,r1,0'
refused 'zero' 'row 1: potential: must be above 0' 'a0,0,0,1,100,0,r1,0'
refused 'negative' 'row 1: work: must be above 0' 'a0,0,0,1,-100,1,r1,0'
refused 'an owner who does not exist' 'row 1: owner: there is no rep "r9"' 'a0,0,0,1,100,1000,r9,0'
refused 'an id twice' 'row 2: account: the same as in row 1' 'a1,0,0,1,100,1000,r1,0'
sed 's/,x,y,/,lon,lat,/; 2s/.*/a0,200,10,1,100,1000,r1,0/' "$folder/accounts.csv" >"$folder/bad.csv"
sed 's/,x,y,/,lon,lat,/' "$folder/reps.csv" >"$folder/bad-reps.csv"
territory solve --accounts "$folder/bad.csv" --reps "$folder/bad-reps.csv" >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'row 1: lon: 200 is outside' "$folder/said"
check 'off the globe' $?
sed 's/,[0-9.]*$/,0/' "$folder/reps.csv" | sed '1s/.*/rep,x,y,share/' >"$folder/bad-reps.csv"
territory solve --accounts "$folder/accounts.csv" --reps "$folder/bad-reps.csv" >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'share' "$folder/said"
check 'shares that sum to 0' $?
head -n 1 "$folder/reps.csv" >"$folder/bad-reps.csv"
sed 's/,r[1-6],/,,/' "$folder/accounts.csv" >"$folder/bad.csv"
territory solve --accounts "$folder/bad.csv" --reps "$folder/bad-reps.csv" >"$folder/said" 2>&1
[ $? = 2 ] && grep -q 'there are no reps' "$folder/said"
check 'no reps' $?
awk 'NR == 2 { print "a0,0,0,1,900000,1000,r1,0"; next } { print }' "$folder/accounts.csv" >"$folder/big.csv"
territory solve --accounts "$folder/big.csv" --reps "$folder/reps.csv" $quick --out "$folder/big-plan.csv" >"$folder/said" 2>&1
[ $? = 1 ] && grep -q 'row 1' "$folder/said" && [ "$(wc -l <"$folder/big-plan.csv")" = 601 ]
check 'one account larger than any rep: the reason and the plan that breaks least' $?
sed '1s/$/,fixed,forbidden/; 2s/$/,yes,r1/; 3,$s/$/,,/' "$folder/accounts.csv" >"$folder/bad.csv"
territory solve --accounts "$folder/bad.csv" --reps "$folder/reps.csv" $quick --out "$folder/bad-plan.csv" >"$folder/said" 2>&1
[ $? = 1 ] && grep -q 'row 1: fixed: fixed to rep 1, whom it must not have' "$folder/said" && grep -q '^a0,r1$' "$folder/bad-plan.csv"
check 'fixed to a forbidden rep: the reason, and a plan that leaves it there' $?
sed '1s/$/,need/; 2s/$/,diving/; 3,$s/$/,/' "$folder/accounts.csv" >"$folder/bad.csv"
territory solve --accounts "$folder/bad.csv" --reps "$folder/reps.csv" $quick --json >"$folder/said"
[ $? = 1 ] && grep -q '"reason":"row 1: need: no rep may serve' "$folder/said" && grep -q '"bound_km":null,"gap_pct":null,"out_of_tolerance":0,' "$folder/said"
check 'a skill nobody has: the reason, no bound is claimed, the others are in balance' $?
