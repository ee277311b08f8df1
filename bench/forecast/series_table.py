# bench/forecast/series_table.py TRAIN TEST OURS R LAG: OWA (against naive 2) and cover of the series both forecast.
import sys
import numpy as np


def values(path):
    return {l.split(",")[0]: np.array([float(v) for v in l.strip().split(",")[1:] if v]) for l in open(path)}


def rows(path):
    out = {}
    for line in open(path):
        f = line.rstrip("\n").split("\t")
        out.setdefault(f[0], []).append([float(v) for v in f[2:10] + f[13:14]])
    return {k: np.array(v) for k, v in out.items()}


train, test, ours, r = values(sys.argv[1]), values(sys.argv[2]), rows(sys.argv[3]), rows(sys.argv[4])
lag = int(sys.argv[5])
ids = [k for k in test if k in r and len(r[k]) == len(test[k])]


def score(source, column):
    smape = mase = 0.0
    for k in ids:
        y, f = test[k], source[k][: len(test[k]), column]
        scale = np.mean(np.abs(train[k][lag:] - train[k][:-lag]))
        smape += np.mean(200 * np.abs(y - f) / (np.abs(y) + np.abs(f))) / len(ids)
        mase += np.mean(np.abs(y - f)) / scale / len(ids)
    return smape, mase


base = score(ours, 7)
for name, source in (("coxswain", ours), ("R", r)):
    for label, column in (("ets", 0), ("theta", 1), ("mean", 2), ("arima", 8)):
        s, m = score(source, column)
        print(f"{len(ids)} series\t{name} {label}\tsMAPE {s:.2f}\tMASE {m:.3f}\tOWA {(s / base[0] + m / base[1]) / 2:.4f}")
    hit = [np.mean(np.concatenate([(test[k] >= source[k][: len(test[k]), c]) & (test[k] <= source[k][: len(test[k]), c + 1])
           for k in ids])) for c in (3, 5)]
    print(f"{len(ids)} series\t{name} cover\t80 %: {hit[0]:.3f}\t95 %: {hit[1]:.3f}")
