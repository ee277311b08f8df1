# bench/forecast/baselines.py FOLDER: writes the splits as CSV into FOLDER and prints the log-loss of the baselines
# on each: base rate, logistic regression, binned logistic regression, histogram boosting, XGBoost.
# Columns: set, model, log_loss, auc, ece, cpu_seconds. scikit-learn and XGBoost from Debian; never linked.
import csv, gzip, hashlib, os, sys, time, warnings
import numpy as np
import xgboost as xgb
from sklearn.ensemble import HistGradientBoostingClassifier as HGB
from sklearn.linear_model import LogisticRegression as Logit
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
shared = os.environ.get("COX_SHARED", "../shared") + "/data/"
folder = sys.argv[1]


def rows(name):
    with (gzip.open(shared + name, "rt") if name.endswith("gz") else open(shared + name)) as f:
        return list(csv.DictReader(f))


def write(name, part):
    with open(f"{folder}/{name}.csv", "w") as f:
        out = csv.DictWriter(f, part[0].keys())
        out.writeheader()
        out.writerows(part)


def ece(p, y):
    b = np.minimum((p * 10).astype(int), 9)
    return sum(abs((p[b == k] - y[b == k]).sum()) for k in range(10)) / len(y)


def run(name, train, test, target, won, numbers, drop):
    write(name + "-train", train)
    write(name + "-test", test)
    both = train + test
    cats = [c for c in train[0] if c not in drop and c not in numbers and c != target]
    n, y = len(train), np.array([int(r[target] == won) for r in both])
    onehot = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit([[r[c] for c in cats] for r in train])
    c = onehot.transform([[r[k] for k in cats] for r in both])
    v = np.array([[float(r[k]) if r[k] else np.nan for k in numbers] for r in both]).reshape(len(both), -1)
    if not numbers:
        v = np.zeros((len(both), 1))
    full = np.where(np.isnan(v), np.nanmedian(v[:n], 0), v)
    scaled = np.hstack([StandardScaler().fit(full[:n]).transform(full), c])
    bins = KBinsDiscretizer(10, encode="onehot-dense").fit(full[:n])
    binned, raw = np.hstack([bins.transform(full), c]), np.hstack([v, c])
    models = [("logit", Logit(max_iter=1000), scaled), ("binned logit", Logit(max_iter=1000), binned),
              ("hist boosting", HGB(random_state=0, max_iter=200, learning_rate=0.05), raw),
              ("xgboost depth 6", xgb.XGBClassifier(n_estimators=300, max_depth=6, learning_rate=0.1,
                                                    tree_method="hist", n_jobs=1), raw),
              ("xgboost depth 3", xgb.XGBClassifier(n_estimators=300, max_depth=3, learning_rate=0.05,
                                                    tree_method="hist", n_jobs=1), raw)]
    p = np.full(len(test), y[:n].mean())
    print(f"{name}\tbase rate\t{log_loss(y[n:], p):.4f}\t.5\t{ece(p, y[n:]):.4f}\t0")
    for label, model, x in models:
        start = time.process_time()
        model.fit(x[:n], y[:n])
        spent = time.process_time() - start
        p = model.predict_proba(x[n:])[:, 1]
        print(f"{name}\t{label}\t{log_loss(y[n:], p):.4f}\t{roc_auc_score(y[n:], p):.3f}\t"
              f"{ece(p, y[n:]):.4f}\t{spent:.2f}", flush=True)


def hashed(r):
    return int(hashlib.sha1(("public|" + r["Opportunity Number"]).encode()).hexdigest(), 16) / 2**160 < 0.3


ibm = rows("ibm-win-loss/sales-win-loss.train.csv.gz")
late = ["Elapsed Days In Sales Stage", "Sales Stage Change Count", "Total Days Identified Through Closing",
        "Total Days Identified Through Qualified", "Ratio Days Identified To Total Days",
        "Ratio Days Validated To Total Days", "Ratio Days Qualified To Total Days"]
ibm = [{k: v for k, v in r.items() if k not in late} for r in ibm]
run("ibm", [r for r in ibm if not hashed(r)], [r for r in ibm if hashed(r)], "Opportunity Result", "Won",
    ["Opportunity Amount USD", "Client Size By Revenue", "Client Size By Employee Count",
     "Revenue From Client Past Two Years", "Deal Size Category"], ["Opportunity Number"])
x = sorted(rows("x-education-leads/leads.train.csv.gz"), key=lambda r: int(r["Lead Number"]))
leaky = ["Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity"]
x = [{k: v for k, v in r.items() if k not in leaky and not k.startswith("Asym")} for r in x]
run("x-education", x[:4527], x[4527:], "Converted", "1",
    ["TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"], ["Prospect ID", "Lead Number"])
m = [r for r in rows("maven-crm/sales_pipeline.csv") if r["close_date"]]
m.sort(key=lambda r: r["close_date"])
run("maven", [r for r in m if r["close_date"] < "2017-10-01"], [r for r in m if r["close_date"] >= "2017-10-01"],
    "deal_stage", "Won", [], ["opportunity_id", "engage_date", "close_date", "close_value"])
s = sorted(rows("skygeni-deals/deals.csv.gz"), key=lambda r: r["closed_date"])
run("skygeni", s[:3500], s[3500:], "outcome", "Won", ["deal_amount"],
    ["deal_id", "created_date", "closed_date", "sales_cycle_days"])
team = {r["sales_agent"]: r["manager"] for r in rows("maven-crm/sales_teams.csv")}
write("maven-all", [dict(r, manager=team[r["sales_agent"]]) for r in rows("maven-crm/sales_pipeline.csv")])
