#!/bin/sh
# tests/cli/maven.sh: figures of the Maven sales set against sums of its own file by awk. Prints TAP.
set -u
cd "$(dirname "$0")/../.."
program=$PWD/${COX_BUILD_NAME:-build/test}/src/command/coxswain
for root in "${COX_SHARED:-../shared}" ../shared ../../shared ../../../shared; do
    maven=$root/data/maven-crm
    [ ! -r "$maven/sales_pipeline.csv" ] || break
done
[ -r "$maven/sales_pipeline.csv" ] || { echo "1..0 # SKIP the Maven set is not there"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C
number=0
db=$folder/store.db

# A civil date as days since 1970 (Hinnant's formula), to count between two.
days='function days(text, part, y, m, era, yoe, doy) {
    split(text, part, "-"); y = part[1]; m = part[2]
    y = m <= 2 ? y - 1 : y; era = int(y / 400); yoe = y - era * 400
    doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + part[3] - 1
    return era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
}'

# same NAME: what the program printed (without its header) and what awk summed, as sorted lines.
same() {
    number=$((number + 1))
    tail -n +2 "$folder/printed" | tr -d '\r' | sort >"$folder/a"
    sort "$folder/summed" >"$folder/b"
    if [ -s "$folder/b" ] && cmp -s "$folder/a" "$folder/b"; then
        echo "ok $number - $1 ($(wc -l <"$folder/b") rows)"
    else
        echo "not ok $number - $1"
        diff "$folder/a" "$folder/b" | head -n 10 | sed 's/^/# /'
    fi
}
report() {
    "$program" report pipeline --db "$db" --csv "$@" >"$folder/printed"
}
# $2 agent $3 product $5 stage $6 engaged $7 closed $8 value
sums() {
    awk -F, "$days"' NR > 1 { sub(/\r$/, "") } '"$1" "$maven/sales_pipeline.csv" >"$folder/summed"
}

echo 1..5
"$program" init --db "$db" --zone UTC --currency USD >/dev/null && "$program" import "$maven" --db "$db" --errors "$folder" >/dev/null 2>&1

report --by owner --period 2017 --measure won,won_count,lost_count,win_rate,cycle
sums 'NR > 1 && $7 ~ /^2017/ { n[$2] += 0; if ($5 == "Won") { w[$2] += $8; n[$2]++; d[$2] += days($7) - days($6) } if ($5 == "Lost") l[$2]++ }
    END { for (a in n) printf "%s,%.2f,%d,%d,%.6g,%.6g\n", a, w[a], n[a], l[a], n[a] / (n[a] + l[a]), d[a] / n[a] }'
same 'results, win rate and cycle of each person'

report --by month --period 2017 --measure won,won_count,lost,lost_count
sums 'NR > 1 && $7 ~ /^2017/ { m = substr($7, 1, 7) "-01"; s[m]; if ($5 == "Won") { w[m] += $8; n[m]++ } else if ($5 == "Lost") { v[m] += $8; l[m]++ } }
    END { for (m in s) printf "%s,%.2f,%d,%.2f,%d\n", m, w[m], n[m], v[m], l[m] }'
same 'won and lost of each month'

# The file writes one product as "GTXPro", which the list of products does not have: without a map file it is of none.
report --by product,quarter --period 2017 --measure won,won_count
sums 'NR > 1 && $5 == "Won" && $7 ~ /^2017/ { p = $3 == "GTXPro" ? "(none)" : $3; q = int((substr($7, 6, 2) - 1) / 3) * 3 + 1
        k = sprintf("%s,2017-%02d-01", p, q); w[k] += $8; n[k]++ }
    END { for (k in n) printf "%s,%.2f,%d\n", k, w[k], n[k] }'
same 'won by product and quarter'

report --by owner --as-of 2017-06-30 --measure pipeline_count
sums 'NR > 1 && $6 != "" && $6 <= "2017-06-30" && ($7 == "" || $7 > "2017-06-30") { n[$2]++ }
    END { for (a in n) printf "%s,%d\n", a, n[a] }'
same 'open deals of each person as of the end of June'

report --by owner --as-of 2017-09-30 --measure won,won_count --period 2017-07-01..2017-09-30
sums 'NR > 1 && $5 == "Won" && $7 >= "2017-07-01" && $7 <= "2017-09-30" { w[$2] += $8; n[$2]++ }
    END { for (a in n) printf "%s,%.2f,%d\n", a, w[a], n[a] }'
same 'won in the third quarter as of its end'
