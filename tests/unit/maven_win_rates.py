#!/usr/bin/env python3
"""An independent reckoning for test_score: win rates of the agents in sales_pipeline.csv against the company's in the
same products. Prints a line for each agent, in the order of the file: name, closed, won, expected, p (exact, two-sided:
twice the smaller tail of a sum of hypergeometric numbers), with whole-number arithmetic alone."""
import csv
import sys
from collections import Counter
from fractions import Fraction
from math import comb

closed, won = Counter(), Counter()
agents = []
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        if row["deal_stage"] in ("Won", "Lost"):
            key = row["sales_agent"], row["product"]
            closed[key] += 1
            won[key] += row["deal_stage"] == "Won"
            if row["sales_agent"] not in agents:
                agents.append(row["sales_agent"])
products = sorted({product for _, product in closed})
for agent in agents:
    ways, expected, every = [1], Fraction(0), 1
    for product in products:
        n = closed[agent, product]
        if n == 0:
            continue
        trials = sum(closed[one, product] for one in agents)
        successes = sum(won[one, product] for one in agents)
        expected += Fraction(n * successes, trials)
        part = [comb(successes, k) * comb(trials - successes, n - k) for k in range(n + 1)]
        every *= comb(trials, n)
        more = [0] * (len(ways) + n)
        for i, a in enumerate(ways):
            if a:
                for k, b in enumerate(part):
                    more[i + k] += a * b
        # keep the numbers short: 200 bits are far more than the comparison needs
        cut = max(0, max(more).bit_length() - 400)
        ways, every = [value >> cut for value in more], every >> cut
    observed = sum(won[agent, product] for product in products)
    below, above = sum(ways[: observed + 1]), sum(ways[observed:])
    p = min(Fraction(1), Fraction(2 * min(below, above), every))
    print(agent, sum(closed[agent, product] for product in products), observed, f"{float(expected):.12g}", f"{float(p):.12g}", sep=",")
