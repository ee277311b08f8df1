#!/usr/bin/env python3
"""For report.sh: report_figures.py PROGRAM STORE. What report pipeline prints as JSON, CSV and text against the replies of
the server over the same store, and refusals. Prints TAP."""
import csv
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

program, store = sys.argv[1:3]
checked = 0
USUAL = "pipeline_count,pipeline,weighted,won,lost,win_rate"


def run(*arguments):
    done = subprocess.run([program, *arguments, "--db", store], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def out(*arguments):
    status, said, error = run(*arguments)
    assert status == 0, (arguments, error)
    return said


def check(is_true, what, detail=""):
    global checked
    checked += 1
    print(f"{'ok' if is_true else 'not ok'} {checked} - {what}")
    if not is_true:
        print("# " + str(detail)[:1500].replace("\n", "\n# "))


class Server:
    """The server over the store, asked as one person."""

    def __init__(self):
        self.child = subprocess.Popen([program, "serve", "--db", store, "--listen", "127.0.0.1:0", "--quiet"], stdout=subprocess.PIPE, text=True)
        self.url = self.child.stdout.readline().strip()
        self.tokens = {}

    def ask(self, who, path, **parameters):
        if who not in self.tokens:
            self.tokens[who] = out("token", "add", who, "--label", "figures", "--scope", "read,people").strip()
        asked = urllib.parse.urlencode({name: value for name, value in parameters.items() if value is not None})
        request = urllib.request.Request(f"{self.url}/api/v1/{path}?{asked}", headers={"Authorization": f"Bearer {self.tokens[who]}"})
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)

    def stop(self):
        self.child.terminate()
        return self.child.wait()


def plain(reply):
    """Without what names the moment of asking."""
    return {key: value for key, value in reply.items() if key not in ("as_of", "as_of_seq")}


def text_of(measure, value):
    """As the CSV has it."""
    if value is None:
        return ""
    if measure["unit"] in ("money", "money_a_day"):
        return f"{value:.2f}"
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def compare(server, who, team, what, **asked):
    """One question to the command and to the API; the command's three ways of telling against each other."""
    measure, by = asked.get("measure", USUAL), asked.get("by", "stage")
    options = ["--user", who]
    for name, value in asked.items():
        options += [f"--{name.replace('_', '-')}", value]
    if team:
        options += ["--team", team["name"]]
    said = json.loads(out("report", "pipeline", "--json", *options))
    asked.update(measure=measure, by=by)
    reply = server.ask(who, "measures/query", team=team and team["id"], **asked)
    is_past = "as_of" in asked
    check((said["as_of"] == reply["as_of"] if is_past else True) and plain(said) == plain(reply) and len(reply["rows"]) > 0,
          f"{what}: the command and the API tell the same ({len(reply['rows'])} rows)", (plain(said), plain(reply)))
    table = list(csv.reader(out("report", "pipeline", "--csv", *options).splitlines()))
    keys = len(reply["by"])
    wanted = [[text_of(one, row["values"][one["name"]]) for one in reply["measures"]] for row in reply["rows"]]
    names = [[key.get("name") or key.get("day") or "(none)" for key in row["keys"]] for row in reply["rows"]]
    check(table[0] == reply["by"] + [one["name"] for one in reply["measures"]] and [row[keys:] for row in table[1:]] == wanted and [row[:keys] for row in table[1:]] == names,
          f"{what}: so does the CSV", (table[:4], names[:3], wanted[:3]))
    printed = out("report", "pipeline", *options)
    total = printed[printed.rfind("Total"):] if "Total" in printed else ""  # a line, or of many columns a block
    counts = [reply["total"]["values"][one["name"]] for one in reply["measures"] if one["unit"] == "count" and reply["total"]["values"][one["name"]]]
    digits = re.sub(r"[^0-9\s]", "", total).split()
    check(total and all(str(count) in digits for count in counts), f"{what}: and the total a person reads", (total, counts))
    return reply


def pages(server, who, as_of):
    """The screens ask their own routes: their figures are these."""
    query = lambda measure, by="stage", **more: server.ask(who, "measures/query", measure=measure, by=by, as_of=as_of, **more)
    total = query("pipeline,pipeline_count,won_count,lost_count,lost,won,win_rate,average_deal,cycle,velocity")["total"]["values"]
    velocity = server.ask(who, "pipeline/velocity", as_of=as_of)
    check(all(velocity[name] == total[name] for name in ("pipeline_count", "win_rate", "average_deal", "cycle", "velocity")), "the panel of velocity", (velocity, total))
    ageing = server.ask(who, "pipeline/ageing", as_of=as_of)
    stages = {row["keys"][0]["id"]: row["values"] for row in query("pipeline_count,pipeline")["rows"]}
    check({one["stage"]: (one["count"], one["amount"]) for one in ageing["stages"] if one["count"]} == {stage: (one["pipeline_count"], one["pipeline"]) for stage, one in stages.items() if one["pipeline_count"]},
          "the panel of stage ageing", (ageing["stages"], stages))
    fall = server.ask(who, "pipeline/waterfall", to=as_of, **{"from": velocity["period"]["from_day"]})
    moves = {one["key"]: one for one in fall["moves"]}
    check((fall["closing"]["count"], fall["closing"]["amount"]) == (total["pipeline_count"], total["pipeline"]), "where the waterfall ends", (fall["closing"], total))
    check(moves["won"]["count"] == total["won_count"] and abs(moves["lost"]["count"]) == total["lost_count"], "what it says was won and lost", (moves, total))
    reasons = server.ask(who, "pipeline/reasons", as_of=as_of)
    check((reasons["won"]["count"], reasons["won"]["amount"], reasons["lost"]["count"], reasons["lost"]["amount"]) == (total["won_count"], total["won"], total["lost_count"], total["lost"]), "the panel of reasons", (reasons, total))
    hygiene, risk = server.ask(who, "pipeline/hygiene", as_of=as_of), server.ask(who, "pipeline/risk", as_of=as_of)
    check(hygiene["count"] == total["pipeline_count"] and 0 < risk["count"] < hygiene["count"], "hygiene is of the open deals, risk of some of them", (hygiene["count"], risk["count"]))


def refusals():
    for what, options, said in [
        ("no such view", ["--view", "then"], "--view is was or is"),
        ("no such team", ["--team", "Nowhere"], "there is no team"),
        ("no such measure", ["--measure", "luck"], "there is no measure luck"),
        ("no such dimension", ["--by", "moon"], "is one or two of owner"),
        ("nobody", ["--user", "x@y.z"], "nobody"),
        ("a period the calendar has not", ["--period", "2026-Q7"], "period"),
        ("no such day", ["--as-of", "soon"], "date"),
    ]:
        status, printed, error = run("report", "pipeline", *options)
        check(status != 0 and printed == "" and said in error, f"refused: {what}", (status, printed, error))


people = json.loads(out("user", "list", "--json"))
people = people if isinstance(people, list) else people.get("rows", people.get("users"))
hats = lambda one: " ".join([one.get("hats") or one.get("roles") or []][0]) if not isinstance(one.get("hats"), str) else one["hats"]
boss = next(one["email"] for one in people if "executive" in hats(one))
rep = next(one["email"] for one in people if one.get("is_active", True) and one["email"] and "rep" in hats(one) and "manager" not in hats(one))
teams = json.loads(out("export", "teams", "--fields", "id,name,kind,parent", "--json"))
server = Server()
try:
    whole = compare(server, boss, None, "as it is usually asked")
    parts = [compare(server, boss, team, f"of one team ({team['name']})", by="owner") for team in teams[-2:]]
    check(parts[0]["rows"] != parts[1]["rows"] and parts[0]["total"]["values"]["pipeline_count"] < whole["total"]["values"]["pipeline_count"], "a team's figures are its own")
    was = compare(server, boss, None, "as it was a year ago", by="team,quarter", as_of="2025-07-01", measure="won,won_count,lost_count,win_rate,due,credited,quota,attainment", period="2025")
    now = compare(server, boss, None, "with the teams of today", by="team,quarter", as_of="2025-07-01", measure="won,won_count,lost_count,win_rate,due,credited,quota,attainment", period="2025", view="is")
    check(was["rows"] != now["rows"] and was["total"]["values"]["won"] == now["total"]["values"]["won"], "both views add up to the same, and differ by team", (was["total"], now["total"]))
    compare(server, boss, teams[-1], "a team as it was, by month", by="month", as_of="2026-02-15", measure="won,created_count,activities,calls,cycle,average_deal", period="2026")
    compare(server, boss, teams[-1], "and as it is", by="month", as_of="2026-02-15", measure="won,created_count,activities,calls,cycle,average_deal", period="2026", view="is")
    mine = compare(server, rep, None, "as a rep sees it", by="owner,stage", as_of="2026-06-30")
    check({row["keys"][0]["name"] for row in mine["rows"]} != {None} and mine["total"]["values"]["pipeline_count"] < whole["total"]["values"]["pipeline_count"], "a rep sees the own deals")
    pages(server, boss, "2026-06-30")
    refusals()
finally:
    status = server.stop()
check(status == 0, "the server ends in peace", status)
print(f"1..{checked}")
