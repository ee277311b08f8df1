#!/usr/bin/env python3
"""An independent reckoning of the Maven sales set, for maven.sh: maven_figures.py PROGRAM STORE FOLDER.

Reads the files of FOLDER with nothing but csv, datetime and fractions, asks the program (report pipeline, and the
server's scorecards) for the same figures of the store they were imported into, and prints TAP."""
import csv
import datetime
import json
import os
import subprocess
import sys
import urllib.request
from collections import defaultdict
from fractions import Fraction

program, store, folder = sys.argv[1:4]
checked = 0
QUARTERS = [("2017-01-01", "2017-03-31"), ("2017-04-01", "2017-06-30"), ("2017-07-01", "2017-09-30"), ("2017-10-01", "2017-12-31")]
MONTHS = [f"2017-{month:02d}" for month in range(1, 13)]


def rows_of(name):
    with open(os.path.join(folder, name), newline="") as file:
        return list(csv.DictReader(file))


def day(text):
    return datetime.date.fromisoformat(text)


class Deal:
    def __init__(self, row):
        self.owner, self.stage = row["sales_agent"], row["deal_stage"]
        # The file writes one product as "GTXPro", which the list of products does not have: it is of none.
        self.product = "(none)" if row["product"] == "GTXPro" else row["product"]
        self.begun, self.ended = row["engage_date"], row["close_date"]
        self.cents = round(Fraction(row["close_value"] or "0") * 100)
        self.team, self.office = TEAMS[self.owner], OFFICES[self.owner]


TEAMS = {row["sales_agent"]: "Team " + row["manager"] for row in rows_of("sales_teams.csv")}
OFFICES = {row["sales_agent"]: row["regional_office"] for row in rows_of("sales_teams.csv")}
DEALS = [Deal(row) for row in rows_of("sales_pipeline.csv")]
ENGAGED = [one for one in DEALS if one.begun]


# ---- what is to come out ----

def money(cents):
    return f"{cents // 100}.{cents % 100:02d}" if cents >= 0 else "-" + money(-cents)


def ratio(part, whole):
    return f"{part / whole:.6g}" if whole else ""


def half_even(value):
    return money(round(value))  # Python rounds halves to even


class Sums:
    def __init__(self):
        self.won = self.lost = self.won_count = self.lost_count = self.days = self.created_count = self.open_count = self.age = 0

    def closed(self, deal):
        if deal.stage == "Won":
            self.won += deal.cents
            self.won_count += 1
            self.days += (day(deal.ended) - day(deal.begun)).days
        else:
            self.lost += deal.cents
            self.lost_count += 1

    def tell(self, measure):
        both = self.won_count + self.lost_count
        return {
            "won": money(self.won), "won_count": str(self.won_count), "lost": money(self.lost), "lost_count": str(self.lost_count),
            "win_rate": ratio(self.won_count, both), "win_rate_by_value": ratio(self.won, self.won + self.lost),
            "average_deal": half_even(Fraction(self.won, self.won_count)) if self.won_count else "",
            "cycle": ratio(self.days, self.won_count), "created_count": str(self.created_count),
            "pipeline_count": str(self.open_count), "open_age": ratio(self.age, self.open_count),
        }[measure]


KEYS = {
    "owner": lambda deal, when: deal.owner, "team": lambda deal, when: deal.team, "product": lambda deal, when: deal.product,
    "month": lambda deal, when: when[:7] + "-01", "day": lambda deal, when: when,
    "quarter": lambda deal, when: f"{when[:4]}-{(int(when[5:7]) - 1) // 3 * 3 + 1:02d}-01",
    "week": lambda deal, when: str(day(when) - datetime.timedelta(day(when).weekday())),
}


def reckon(measures, by, first, last, as_of="9999", keep=lambda deal: True):
    """Rows by key of deals closed, created and open, of days first..last, as known at the end of as_of."""
    groups = defaultdict(Sums)
    for deal in ENGAGED:
        if deal.begun > as_of or not keep(deal):
            continue
        key = lambda when: tuple(KEYS[one](deal, when) for one in by)
        is_closed = deal.ended and deal.ended <= as_of
        if is_closed and first <= deal.ended <= last:
            groups[key(deal.ended)].closed(deal)
        if first <= deal.begun <= last and "created_count" in measures:
            groups[key(deal.begun)].created_count += 1
        if not is_closed and ("pipeline_count" in measures or "open_age" in measures):
            one = groups[key(as_of)]
            one.open_count += 1
            one.age += (day(as_of) - day(deal.begun)).days
    told = {key: [one.tell(measure) for measure in measures] for key, one in groups.items()}
    return {key: values for key, values in told.items() if any(value not in ("", "0", "0.00") for value in values)}


# ---- what the program says ----

def report(*arguments):
    printed = subprocess.run([program, "report", "pipeline", "--db", store, "--csv", *arguments], check=True, capture_output=True, text=True)
    return list(csv.reader(printed.stdout.splitlines()))[1:]


def check(is_true, what, detail=""):
    global checked
    checked += 1
    print(f"{'ok' if is_true else 'not ok'} {checked} - {what}")
    if not is_true:
        print("# " + str(detail)[:1500].replace("\n", "\n# "))


def same(what, measures, by, first, last, as_of=None, keep=lambda deal: True, more=()):
    """The program's rows against the reckoned ones; keys of which nothing is told may be there or not."""
    measures, by = measures.split(","), by.split(",")
    wanted = reckon(measures, by, first, last, as_of or "9999", keep)
    asked = ["--measure", ",".join(measures), "--by", ",".join(by), "--period", f"{first}..{last}", *more]
    told = {tuple(row[:len(by)]): row[len(by):] for row in report(*asked, *(["--as-of", as_of] if as_of else []))}
    told = {key: values for key, values in told.items() if any(value not in ("", "0", "0.00") for value in values)}
    odd = {key: (told.get(key), wanted.get(key)) for key in told.keys() | wanted.keys() if told.get(key) != wanted.get(key)}
    check(wanted and not odd, f"{what} ({len(wanted)} rows)", odd or "nothing to compare")
    return len(wanted) * len(measures)


RESULTS = "won,won_count,lost,lost_count,win_rate,win_rate_by_value,average_deal,cycle,created_count"
YEAR = ("2017-01-01", "2017-12-31")


def results():
    count = same("results, win rate, average deal and cycle of each person", RESULTS, "owner", *YEAR)
    for view in "was", "is":
        count += same(f"the same of each manager's team, as it {view}", RESULTS, "team", *YEAR, more=("--view", view))
    count += same("the same of each product", RESULTS, "product", *YEAR)
    for by in "month", "quarter", "week", "day", "team,month", "owner,quarter", "product,quarter", "product,month", "owner,product":
        count += same(f"the same by {by}", RESULTS, by, *YEAR)
    count += same("what was created before the first year", RESULTS, "month", "2016-10-01", "2016-12-31")
    count += same("days that are no period of the calendar", RESULTS, "owner", "2017-02-11", "2017-07-19")
    for office in sorted(set(OFFICES.values())):
        count += same(f"people of an office alone: {office}", RESULTS, "owner", *YEAR, keep=lambda deal: deal.office == office, more=("--team", office))
    for team in sorted(set(TEAMS.values())):
        count += same(f"people of a team alone: {team}", RESULTS, "owner,quarter", *YEAR, keep=lambda deal: deal.team == team, more=("--team", team))
    return count


def past():
    count = 0
    for as_of in "2016-11-15", "2016-12-31", "2017-02-28", "2017-03-31", "2017-05-17", "2017-06-30", "2017-08-31", "2017-09-30", "2017-11-11":
        count += same(f"open deals and their age as of {as_of}, by person", "pipeline_count,open_age", "owner", *YEAR, as_of=as_of)
        count += same(f"and by team and product as of {as_of}", "pipeline_count,open_age", "team,product", *YEAR, as_of=as_of)
    for first, last in QUARTERS:
        count += same(f"results of the quarter until {last} as of its end", RESULTS + ",pipeline_count", "owner", first, last, as_of=last)
        middle = last[:5] + f"{int(last[5:7]) - 1:02d}-20"
        count += same(f"and as of {middle}, within it", RESULTS, "team", first, last, as_of=middle)
    return count


def everything():
    """The totals beside the rows: of all, not of what is shown."""
    said = json.loads(subprocess.run([program, "report", "pipeline", "--db", store, "--json", "--measure", RESULTS, "--by", "owner", "--period", "2017"],
                                     check=True, capture_output=True, text=True).stdout)
    all_of = reckon(RESULTS.split(","), [], *YEAR)[()]
    values = said["total"]["values"]
    told = [f"{values[name]:.2f}" if wanted.count(".") and len(wanted.split(".")[1]) == 2 else f"{values[name]:.6g}" for name, wanted in zip(RESULTS.split(","), all_of)]
    check([float(one) for one in told] == [float(one) for one in all_of], "the total of the year", (told, all_of))


# ---- scorecards: every manager's line, over HTTP ----

def scorecards():
    leads = json.loads(subprocess.run([program, "export", "users", "--db", store, "--fields", "id,name", "--json"], check=True, capture_output=True, text=True).stdout)
    managers = {name[5:] for name in TEAMS.values()}
    tokens = [subprocess.run([program, "token", "add", str(one["id"]), "--label", "figures", "--scope", "read,people", "--db", store], check=True, capture_output=True, text=True).stdout.strip()
              for one in leads if one["name"] in managers]
    server = subprocess.Popen([program, "serve", "--db", store, "--listen", "127.0.0.1:0", "--quiet"], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        replies = [ask(url, token, "/performance?as_of=2017-12-31&period=2017-03-01..2017-12-31") for token in tokens]
    finally:
        server.terminate()
        server.wait()
    rows = [row for reply in replies for row in reply["rows"]]
    judged(replies, rows)
    trends(replies, rows)


def ask(url, token, path):
    with urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}), timeout=60) as reply:
        return json.load(reply)


def judged(replies, rows):
    sellers = {deal.owner for deal in DEALS}
    shown = {row["name"]: row for row in rows if row["name"] in sellers}
    check(shown.keys() == sellers, f"six managers see {len(sellers)} people who sell, each their own", sellers - shown.keys())
    named = [row["name"] for row in rows if row["comparison"]["verdict"] in ("above", "below") or any(one["verdict"] in ("above", "below") for one in row["changes"].values())]
    check(not named, "no rep is said to be a star or a struggler: chance explains them all", named)
    check(len({json.dumps(reply["budget"], sort_keys=True) for reply in replies}) == 1, "whoever asks, the whole company is judged once")
    expected = defaultdict(Fraction)
    closed = [deal for deal in DEALS if deal.ended]
    for product in {deal.product for deal in closed}:
        of = [deal for deal in closed if deal.product == product]
        rate = Fraction(sum(deal.stage == "Won" for deal in of), len(of))
        for deal in of:
            expected[deal.owner] += rate
    odd = {name: (row["comparison"]["expected_count"], float(expected[name])) for name, row in shown.items() if abs(row["comparison"]["expected_count"] - float(expected[name])) > 1e-6}
    check(not odd, "what the company's rates would have made of each one's deals", odd)


def trends(replies, rows):
    """Each month of each card."""
    months = [f"2017-{month:02d}-01" for month in range(3, 13)]
    odd, count = [], 0
    for measure in "won", "won_count", "win_rate", "created_count":
        wanted = reckon([measure], ["owner", "month"], "2017-03-01", "2017-12-31")
        for row in rows:
            for month, value in zip(months, row["trend"][measure]["values"]):
                one = wanted.get((row["name"], month), ["0"])[0] or "0"
                count += 1
                if abs((value or 0) - float(one)) > 1e-5:
                    odd.append((row["name"], measure, month, value, one))
    check(not odd and count == len(rows) * 40, f"months of the scorecards ({count} figures)", odd[:10])


total = results() + past()
everything()
scorecards()
check(total > 5000, f"{total} figures of the command are equal")
print(f"1..{checked}")
