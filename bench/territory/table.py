"""Territory bench: solves each instance with coxswain, checks plan and prices with check.py of the data
folder, and compares with a greedy plan and the exact LP. Called by bench/territory/run."""
import json, os, subprocess, sys, time
import numpy as np

program, data, work = sys.argv[1:4]
flags = sys.argv[4:]
sys.path.insert(0, os.path.join(data, 'tools'))
from inst import read  # noqa: E402  (the data folder's own reader)

# n, k, seed, tolerances and flat or not, gap bar in %, CPU seconds bar (2 quiet cores = 2 x wall), MB bar
ROWS = [
    (1000, 10, 1, [], 0.13, 10, None),
    (1000, 100, 1, ['.10', '.25', '1'], 5.5, 20, None),
    (2000, 20, 1, [], None, None, None),
    (10000, 100, 1, [], 1.2, 20, None),
    (60000, 60, 1, [], 0.10, 16, None),
    (100000, 100, 1, [], 0.12, 16, 64),
]
LARGE = [
    (10000, 1000, 1, ['.10', '.25', '1'], 8, None, None),
    (100000, 1000, 1, [], 1.5, 60, None),
]


def emit(bench, metric, value, unit, bar=None, met=None, baseline=None):
    if '--json' in flags:
        ratio = value / baseline if baseline else None
        print(json.dumps(dict(bench=bench, metric=metric, value=value, unit=unit, baseline=baseline,
                              ratio=ratio, bar=bar, met=met)), flush=True)
    else:
        tail = '' if bar is None else f'  bar {bar}  ' + ('met' if met else 'MISSED')
        base = '' if baseline is None else f'  against {baseline:.6g}'
        print(f'{bench:28s} {metric:22s} {value:.6g} {unit}{base}{tail}', flush=True)


def instance(n, k, seed, extra):
    stored = os.path.join(data, 'seeded', f'i_{n}_{k}_{seed}.bin')
    if os.path.exists(stored):
        return stored
    path = os.path.join(work, f'i_{n}_{k}_{seed}.bin')
    subprocess.run([sys.executable, os.path.join(data, 'tools', 'gen.py'),
                    os.path.join(data, 'us_cities.tsv'), str(n), str(k), str(seed), path] + extra, check=True)
    return path


def greedy(I):
    """Largest first by regret order, 20 nearest reps, cheapest rep with room, else the one with most room."""
    n, k = I['n'], I['k']
    near = min(20, k)
    share = I['share'] / I['share'].sum()
    room_w = I['work'].sum() * share * (1 + I['tw'])
    room_p = I['pot'].sum() * share * (1 + I['tp'])
    lists, costs, regret = [], [], np.zeros(n)
    for i in range(n):
        c = I['visits'][i] * np.hypot(I['x'][i] - I['hx'], I['y'][i] - I['hy']) / 1000
        if I['owner'][i] >= 0:
            c = c + I['disrupt'][i] / 1000
            c[I['owner'][i]] -= I['disrupt'][i] / 1000
        c[(I['need'][i] & ~I['skills']) != 0] = np.inf
        if I['fixed'][i]:
            keep = c[I['owner'][i]]
            c[:] = np.inf
            c[I['owner'][i]] = keep
        order = np.argpartition(c, near - 1)[:near]
        order = order[np.argsort(c[order])]
        order = order[np.isfinite(c[order])]
        lists.append(order)
        costs.append(c[order])
        regret[i] = costs[-1][1] - costs[-1][0] if len(order) > 1 else 1e300
    total, out_w, out_p = 0.0, np.zeros(k), np.zeros(k)
    for i in np.argsort(-regret):
        w, p = I['work'][i], I['pot'][i]
        for j, c in zip(lists[i], costs[i]):
            if room_w[j] >= w and room_p[j] >= p:
                break
        else:
            at = int(np.argmax(room_w[lists[i]]))
            j, c = lists[i][at], costs[i][at]
        room_w[j] -= w
        room_p[j] -= p
        out_w[j] += w
        out_p[j] += p
        total += c
    dw = np.abs(out_w / (I['work'].sum() * share) - 1)
    dp = np.abs(out_p / (I['pot'].sum() * share) - 1)
    return total, int(((dw > I['tw'] + 1e-9) | (dp > I['tp'] + 1e-9)).sum())


def exact_lp(I):
    """The transport LP over all pairs by HiGHS; None when scipy is absent or the instance is large."""
    n, k = I['n'], I['k']
    if n * k > 100000:
        return None
    try:
        from scipy.optimize import linprog
        from scipy.sparse import coo_matrix, vstack
    except ImportError:
        return None
    c = I['visits'][:, None] * np.hypot(I['x'][:, None] - I['hx'], I['y'][:, None] - I['hy']) / 1000
    own = np.nonzero(I['owner'] >= 0)[0]
    c += np.where(I['owner'] >= 0, I['disrupt'] / 1000, 0)[:, None]
    c[own, I['owner'][own]] -= I['disrupt'][own] / 1000
    ok = (I['need'][:, None] & ~I['skills']) == 0
    fx = np.nonzero(I['fixed'] == 1)[0]
    ok[fx] = False
    ok[fx, I['owner'][fx]] = True
    i, j = np.nonzero(ok)
    m = np.arange(len(i))
    eq = coo_matrix((np.ones(len(i)), (i, m)), shape=(n, len(i)))
    share = I['share'] / I['share'].sum()
    rows, right = [], []
    for weight, tol in ((I['work'], I['tw']), (I['pot'], I['tp'])):
        load = coo_matrix((weight[i] / weight.mean(), (j, m)), shape=(k, len(i)))
        target = weight.sum() / weight.mean() * share
        rows += [load, -load]
        right += [target * (1 + tol), -target * (1 - tol)]
    r = linprog(c[i, j], A_ub=vstack(rows).tocsr(), b_ub=np.concatenate(right), A_eq=eq.tocsr(),
                b_eq=np.ones(n), bounds=(0, None), method='highs')
    return r.fun if r.status == 0 else None


def one(n, k, seed, extra, gap_bar, cpu_bar, mb_bar):
    name = f'territory_{n}x{k}_{seed}' + ('_flat' if extra else '')
    path = instance(n, k, seed, extra)
    plan, prices = os.path.join(work, 'plan.csv'), os.path.join(work, 'prices.csv')
    got = json.loads(subprocess.run([program, 'territory', 'solve', path, '--out', plan, '--prices', prices,
                                     '--json'], stdout=subprocess.PIPE).stdout)
    said = json.loads(subprocess.run([sys.executable, os.path.join(data, 'tools', 'check.py'), path, plan, prices],
                                     stdout=subprocess.PIPE).stdout)
    broken = said['out_of_tolerance'] + said['hard_breaches']
    emit(name, 'gap', said['gap_pct'], '%', gap_bar, None if gap_bar is None else said['gap_pct'] <= gap_bar)
    emit(name, 'limits broken', broken, 'reps and accounts', 0, broken == 0)
    emit(name, 'work deviation', said['max_work_dev_pct'], '%')
    emit(name, 'potential deviation', said['max_potential_dev_pct'], '%')
    emit(name, 'moved', said['moved_pct'], '%')
    emit(name, 'wall time', got['seconds'], 's')
    emit(name, 'cpu time', got['cpu_seconds'], 's', cpu_bar, None if cpu_bar is None else got['cpu_seconds'] <= cpu_bar)
    emit(name, 'peak memory', got['peak_bytes'] / 1e6, 'MB', mb_bar, None if mb_bar is None else got['peak_bytes'] / 1e6 <= mb_bar)
    I = read(path)
    lp = exact_lp(I)
    if lp is not None:
        emit(name, 'bound over exact LP', said['bound_km'] / lp, '', 0.9999, said['bound_km'] >= 0.9999 * lp, lp)
    if n <= 100000 and k <= 100:
        started = time.time()
        cost, out = greedy(I)
        below = 100 * (said['cost_km'] / cost - 1)
        barred = (n, k) in ((1000, 10), (10000, 100), (100000, 100)) and not extra
        emit(name, 'cost against greedy', below, '%', -15 if barred else None, below <= -15 if barred else None, cost)
        emit(name, 'greedy reps out', out, 'reps')
        emit(name, 'greedy time (python)', time.time() - started, 's')


BEST = dict(SJC1=17288.99, SJC2=33270.94, SJC3a=45335.16, SJC4a=61925.51, lin318_015=88901.56,
            lin318_100=22942.69, u724_030=95034.01, u724_125=38976.76, rl1304_050=802283.41,
            rl1304_300=191224.85, pr2392_075=1091982.77, pr2392_300=458145.29, fnl4461_0100=548909.01,
            fnl4461_1000=145862.38, P3038_600=122711.17, P3038_800=100064.94, P3038_1000=85854.05)


def cpmp(name):
    """Free centres against the best published value (ORIGIN.md of the data says where from)."""
    rows = open(os.path.join(data, 'cpmp', name + '.dat')).read().split('\n')
    n, k = map(int, rows[0].split()[:2])
    path, out = os.path.join(work, 'units.csv'), os.path.join(work, 'centers.csv')
    units = [r.split() for r in rows[1:n + 1]]
    with open(path, 'w') as f:
        f.write('account,x,y,capacity,work\n')
        f.writelines(f'{i},{",".join(u[:4])}\n' for i, u in enumerate(units))
    got = json.loads(subprocess.run([program, 'territory', 'centers', '--accounts', path, '--count', str(k),
                                     '--effort', '8' if n < 2000 else '2', '--out', out, '--json'],
                                    stdout=subprocess.PIPE).stdout)
    plan = [tuple(map(int, r.split(','))) for r in open(out).read().split()[1:]]
    u = np.array([list(map(float, r[:4])) for r in units])
    load = np.bincount([c for _, c in plan], u[[a for a, _ in plan], 3], n)
    cost = sum(float(np.hypot(*(u[a, :2] - u[c, :2]))) for a, c in plan)
    assert (load <= u[:, 2] + 1e-6).all() and len({c for _, c in plan}) <= k
    gap = 100 * (cost / BEST[name] - 1)
    emit('cpmp_' + name, 'over best known', gap, '%', 2.5, gap <= 2.5, BEST[name])
    emit('cpmp_' + name, 'cpu time', got['cpu_seconds'], 's', 120, got['cpu_seconds'] <= 120)
    return gap


def run(*words):
    return json.loads(subprocess.run([program, 'territory', *words, '--json'], stdout=subprocess.PIPE).stdout)


def contiguity():
    """Arkansas block groups: 35 centres at 1 % of population; then fixed homes there; connected against free."""
    rows = [r.split('\t') for r in open(os.path.join(data, 'graph', 'ar_blockgroups_nodes.tsv')).read().split('\n')[1:] if r]
    pairs = [r.split('\t') for r in open(os.path.join(data, 'graph', 'ar_blockgroups_edges.tsv')).read().split('\n')[1:] if r]
    units, edges, reps, out = (os.path.join(work, f) for f in ('ar.csv', 'ar_edges.csv', 'ar_reps.csv', 'ar_out.csv'))
    with open(units, 'w') as f:
        f.write('account,lat,lon,visits,work,potential\n')
        for i, r in enumerate(rows):
            people = max(1, int(r[3]))
            f.write(f'{i},{r[1]},{r[2]},{people / 1000},{people},{people}\n')
    with open(edges, 'w') as f:
        f.write('from,to\n')
        f.writelines(f'{a},{b}\n' for a, b in pairs)

    def pieces():
        plan = [r.split(',') for r in open(out).read().split()[1:]]
        owner = {a: t for a, t in plan}
        up = {a: a for a in owner}

        def root(a):
            while up[a] != a:
                a = up[a]
            return a
        for a, b in pairs:
            if owner[a] == owner[b]:
                up[root(a)] = root(b)
        roots = {}
        for a in owner:
            roots.setdefault(owner[a], set()).add(root(a))
        return max(len(r) for r in roots.values())

    start = ['--accounts', units, '--work-tol', '1']
    for name, words in (('centers', ['centers', *start, '--count', '35', '--out', out]),
                        ('fixed', ['solve', *start, '--reps', reps, '--potential-tol', '1', '--out', out])):
        free = run(*words)
        if name == 'centers':
            center = sorted({r.split(',')[1] for r in open(out).read().split()[1:]})
            with open(reps, 'w') as f:
                f.write('rep,lat,lon\n')
                f.writelines(f'{c},{rows[int(c)][1]},{rows[int(c)][2]}\n' for c in center)
        held = run(*words, '--neighbours', edges)
        cost = 'cost' if name == 'centers' else 'cost_km'
        over, bench = 100 * (held[cost] / free[cost] - 1), 'arkansas_35_' + name
        emit(bench, 'over unconnected', over, '%', 2, over <= 2, free[cost])
        emit(bench, 'pieces of a territory', pieces(), '', 1, pieces() == 1)
        emit(bench, 'within tolerance', int(held['is_feasible']), '', 1, held['is_feasible'])
        emit(bench, 'wall time', held['seconds'], 's')
        emit(bench, 'cpu time', held['cpu_seconds'], 's', 20, held['cpu_seconds'] <= 20)


def leaves():
    """Rep 7 of 100,000 x 100 leaves: the plan mended."""
    path = instance(100000, 100, 1, [])
    plan, prices = os.path.join(work, 'before.csv'), os.path.join(work, 'before-prices.csv')
    run('solve', path, '--out', plan, '--prices', prices)
    got = run('whatif', path, '--before', plan, '--before-prices', prices, '--leaves', '7')
    share = read(path)['share']
    most = 300 * float(share[7] / share.sum())
    emit('leaves_100000x100', 'cpu time', got['cpu_seconds'], 's', 2, got['cpu_seconds'] <= 2)
    emit('leaves_100000x100', 'wall time', got['seconds'], 's')
    emit('leaves_100000x100', 'moved', got['moved_pct'], '%', most, got['moved_pct'] <= most)
    emit('leaves_100000x100', 'reps out', got['out_of_tolerance'], 'reps', 0, got['out_of_tolerance'] == 0)


if '--cpmp' in flags:
    only = [f.split('=')[1] for f in flags if f.startswith('--only=')] or BEST
    mean = float(np.mean([cpmp(name) for name in only]))
    emit('cpmp', 'mean over best known', mean, '%', 1, mean <= 1)
if '--all' in flags:
    contiguity()
    leaves()
for row in ROWS + (LARGE if '--all' in flags else []):
    one(*row)
