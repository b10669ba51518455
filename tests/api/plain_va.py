"""Value added in plain loops, from the description of the estimator in words, without the package.

Chetty, Friedman and Rockoff (2014), appendix A, and the help file of Stata's vam: residuals within
effects; variance within classes; covariance of a teacher's classes in one year; precision-weighted
mean of a teacher-year; covariances of years so far apart; best linear prediction.
"""

import itertools

import numpy as np
import pandas as pd


def panel(seed, schools=6, teachers=8, years=6, drift=0.8, size=8, shared=True):
    """Students of teachers who change school and grade, with one to three classes a year."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(schools * teachers):
        school, grade = number % schools, int(rng.integers(3, 6))
        level = 0.25 * rng.standard_normal(2)
        for year in range(2001, 2001 + years):
            level = drift * level + 0.25 * np.sqrt(1 - drift**2) * rng.standard_normal(2)
            if rng.random() < 0.2:
                school = int(rng.integers(schools))
            if rng.random() < 0.2:
                grade = int(rng.integers(3, 6))
            if rng.random() < 0.15:
                continue
            for one in range(int(rng.choice([1, 2, 3], p=[0.6, 0.25, 0.15]))):
                shock = 0.1 * rng.standard_normal(2)
                for _ in range(int(rng.integers(size - 4, size + 4))):
                    lag, kind = rng.standard_normal(), rng.choice(["a", "b", "c"])
                    low = lag < 0.1
                    both = 0.6 * lag + 0.1 * (kind == "b") + 0.5 * rng.standard_normal(2)
                    effect = level if low else level[::-1]
                    rows.append(
                        {
                            "t": f"t{number:03d}",
                            "y": year,
                            "c": f"{number}-{one}",
                            "school": f"s{school}",
                            "grade": grade,
                            "ela": both[0] + effect[0] + shock[0],
                            "math": both[1] + effect[1] + shock[1],
                            "lag": lag,
                            "age": grade + rng.random(),
                            "kind": kind,
                            "group": "low" if low else "high",
                            "share": rng.choice([0.5, 1.0]) if shared else 1.0,
                        }
                    )
    table = pd.DataFrame(rows)
    # One year of a teacher, and some students elsewhere, without scores.
    gone = (table["t"] == "t001") & (table["y"] == table.loc[table["t"] == "t001", "y"].iloc[0])
    table.loc[gone | (rng.random(len(table)) < 0.02), "ela"] = np.nan
    return table


def dummies(table, columns):
    """An indicator of every combination of some columns."""
    names = table[list(columns)].astype(str).agg("|".join, axis=1)
    return pd.get_dummies(names, dtype=float).to_numpy()


def residuals(table, outcome, x, effects, kept, weights):
    """Residuals of weighted least squares with a dummy for every effect, and the slopes' number."""
    fixed = dummies(table, effects) if effects else np.ones((len(table), 1))
    design = np.column_stack([x, fixed])
    root = np.sqrt(weights)
    solution = np.linalg.lstsq(design * root[:, None], table[outcome] * root, rcond=1e-12)[0]
    fitted = x @ solution[: x.shape[1]] if kept else design @ solution
    left = table[outcome].to_numpy() - fitted
    slopes = np.linalg.matrix_rank(design) - np.linalg.matrix_rank(fixed)
    return left - np.average(left, weights=weights), slopes


def estimate(
    table,
    outcome,
    *,
    x=None,
    effects=("t",),
    kept=True,
    weights=None,
    smallest=1,
    keys=("t", "y", "c"),
    limit=None,
    past=False,
    equal=False,
    out=(0,),
    member=None,
    years=None,
):
    """Everything that one group's estimates need, by teacher and year in dictionaries.

    x: (n, k) controls; member: rows of the group; years: teacher-years to predict.
    """
    x = np.zeros((len(table), 0)) if x is None else x
    w = np.ones(len(table)) if weights is None else np.asarray(weights, float)
    a, slopes = residuals(table, outcome, x, effects, kept, w)
    rows = table[list(keys)].astype(str).agg("|".join, axis=1)
    large = rows.map(rows.value_counts()).to_numpy() >= smallest
    inside = large if member is None else large & member
    own = table[inside].assign(a=a[inside], w=w[inside], row=rows[inside])
    own["a"] -= np.average(own["a"], weights=own["w"])
    classes = []
    for _, part in own.groupby("row"):
        mean = np.average(part["a"], weights=part["w"])
        squares = (part["w"] * (part["a"] - mean) ** 2).sum()
        classes.append((part["t"].iloc[0], part["y"].iloc[0], mean, part["w"].sum(), squares))
    n, c, k = own["w"].sum(), len(classes), slopes + 1
    total = (own["w"] * own["a"] ** 2).sum() / (n - k)
    student = sum(one[4] for one in classes) / (n - c - k + 1)
    by_year = {}
    for t, y, mean, size, _ in classes:
        by_year.setdefault((t, y), []).append((mean, size))
    c0 = same_year(by_year)
    shock = 0.0 if np.isnan(c0) else max(total - student - c0, 0.0)
    mean, precision, size = {}, {}, {}
    for place, some in by_year.items():
        h = [1 / (shock + student / s) for _, s in some]
        mean[place] = sum(p * m for p, (m, _) in zip(h, some, strict=True)) / sum(h)
        precision[place], size[place] = sum(h), sum(s for _, s in some)
    lags = covariances(mean, size, equal)
    at_zero = total - student if np.isnan(c0) else c0
    if equal:
        at_zero = np.var(list(mean.values()), ddof=1)
        precision = dict.fromkeys(mean, np.inf)

    def covariance(lag):
        lag = min(abs(lag), limit or 99, max(lags))
        return at_zero if lag == 0 else lags[lag]

    va, sums = {}, {}
    for t, y in years if years is not None else mean:
        others = [s for u, s in mean if u == t and s - y not in out and (s < y or not past)]
        if others:
            sigma = np.array([[covariance(p - q) for q in others] for p in others])
            sigma += np.diag([1 / precision[t, s] for s in others])
            phi = np.array([covariance(y - s) for s in others])
            psi = np.linalg.inv(sigma) @ phi
            va[t, y] = psi @ [mean[t, s] for s in others]
            sums[t, y] = psi.sum()
    return {
        "residuals": a,
        "classes": classes,
        "v_total": total,
        "v_student": student,
        "c0": c0,
        "lags": lags,
        "va": va,
        "shrinkage": sums,
        "mean": mean,
        "size": size,
    }


def same_year(by_year):
    """Covariance over all ordered pairs of a teacher-year's classes; see the docs for weights."""
    x, z, w, adjacent = [], [], [], 0
    for some in by_year.values():
        adjacent += len(some) - 1
        for (one, n), (other, m) in itertools.permutations(some, 2):
            x.append(one)
            z.append(other)
            w.append((n + m) / len(some))
    if adjacent < 2:
        return float("nan")
    x, z, w = np.array(x), np.array(z), np.array(w) / np.sum(w)
    return w @ ((x - w @ x) * (z - w @ z)) * adjacent / (adjacent - 1)


def covariances(mean, size, equal):
    """Covariance of years so far apart; the last one known where there are too few pairs."""
    spread = {y for _, y in mean}
    found = {}
    for lag in range(1, max(spread) - min(spread) + 1):
        pairs = [(place, (place[0], place[1] + lag)) for place in mean]
        pairs = [(p, q) for p, q in pairs if q in mean]
        if len(pairs) < 2:
            found[lag] = found.get(lag - 1, np.nan)
            continue
        x, z = np.array([(mean[p], mean[q]) for p, q in pairs]).T
        w = np.array([1.0 if equal else size[p] + size[q] for p, q in pairs])
        w = w / w.sum()
        found[lag] = w @ ((x - w @ x) * (z - w @ z)) * len(pairs) / (len(pairs) - 1)
    return found


def bayes(found, share):
    """Each teacher's mean over all her classes, shrunken."""
    between = max(found["v_total"] - found["v_student"], 0)
    va = {}
    for t in {one[0] for one in found["classes"]}:
        own = [(mean, size) for u, _, mean, size, _ in found["classes"] if u == t]
        h = [1 / ((1 - share) * between + found["v_student"] / size) for _, size in own]
        mean = sum(p * m for p, (m, _) in zip(h, own, strict=True)) / sum(h)
        va[t] = mean * share * between / (share * between + 1 / sum(h))
    return va


def clustered(y, x, years, weights, cluster):
    """Slope on x with year effects by weighted least squares, and its clustered standard error."""
    design = np.column_stack([x, pd.get_dummies(years, dtype=float)])
    n, k = design.shape
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    beta = bread @ design.T @ (weights * y)
    scores = design * (weights * (y - design @ beta))[:, None]
    sums = pd.DataFrame(scores).groupby(np.asarray(cluster)).sum().to_numpy()
    g = len(sums)
    variance = bread @ sums.T @ sums @ bread * g / (g - 1) * (n - 1) / (n - k)
    return beta[0], np.sqrt(variance[0, 0])


def switching(classes, later, earlier, fill):
    """Slope of changes of mean residuals on changes of value added, as the paper tells it.

    classes: school, grade, y, t, mean, size. later, earlier: estimates by (teacher, year) without
    the year before, and without the year after. fill: the value where there is none, or None.
    """

    def cell(rows, estimates):
        values = [estimates.get((t, y), fill) for t, y in zip(rows["t"], rows["y"], strict=True)]
        rows = rows.assign(va=pd.array(values, dtype="Float64")).dropna(subset=["va"])
        if rows.empty:
            return None
        weights = rows["size"].to_numpy()
        mean = [np.average(rows[name].astype(float), weights=weights) for name in ("mean", "va")]
        return (*mean, weights.sum())

    changes = []
    for (school, grade, year), rows in classes.groupby(["school", "grade", "y"]):
        same = (classes["school"] == school) & (classes["grade"] == grade)
        now, then = cell(rows, later), cell(classes[same & (classes["y"] == year - 1)], earlier)
        if now and then:
            change = [p - q for p, q in zip(now[:2], then[:2], strict=True)]
            changes.append((*change, now[2] + then[2], year, f"{school}|{year - grade}"))
    y, x, weights, years, cohort = zip(*changes, strict=True)
    return clustered(np.array(y), np.array(x), years, np.array(weights), cohort)
