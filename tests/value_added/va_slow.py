"""Value added the slow way: dense dummies, loops over teachers, formulas as they are printed."""

import itertools

import numpy as np
import pandas as pd

SUBJECTS = ("ela", "math")
CHOICES = {
    "estimator": "leave_year_out",
    "absorb": "teacher",
    "years_used": "all",
    "weighting": "precision",
    "drift_limit": None,
    "minimum_class_size": 3,
    "teacher_share": 0.5,
    "seed": 1,
}


def panel(seed, teachers=14, years=6, schools=3, size=9):
    """A small analysis sample: gaps, one-year teachers, two classes a year, a missing group."""
    rng = np.random.default_rng(seed)
    rows, student = [], 0
    for teacher in range(teachers):
        seen = rng.random(years) < 0.7
        seen[rng.integers(years)] = True
        if teacher == 0:
            seen[:] = False
            seen[2] = True
        level = rng.normal(0, 0.3, 4)
        for year in np.flatnonzero(seen):
            level = 0.9 * level + rng.normal(0, 0.1, 4)
            for number in range(2 if rng.random() < 0.3 else 1):
                n = {1: 2, 3: 3}.get(teacher, rng.integers(size - 3, size + 4))
                n = n if year == 1 else rng.integers(size - 3, size + 4)
                shock = rng.normal(0, 0.1, 2)
                for _ in range(n):
                    lag = rng.normal(0, 1, 2) + (3 if teacher == 2 and year == 3 else 0)
                    lower = lag < 0
                    effect = np.where(lower, level[[0, 2]], level[[1, 3]])
                    score = 0.6 * lag + effect + shock + rng.normal(0, 0.5, 2)
                    rows.append(
                        {
                            "student_id": f"s{student:04d}",
                            "year": 2001 + year,
                            "grade": 3 + teacher % 2,
                            "school_id": f"h{teacher % schools}",
                            "class_id": f"c{teacher}{number}",
                            "teacher_id": f"t{teacher:02d}",
                            "ela": score[0],
                            "math": score[1],
                            "lag_ela": lag[0],
                            "lag_math": lag[1],
                            "lower_ela": lower[0],
                            "lower_math": lower[1],
                            "ethnicity": rng.choice(["white", "asian", "hispanic"]),
                            "gender": rng.choice(["female", "male"]),
                            "age": 8 + teacher % 2 + rng.random(),
                            "lag_share_absent": rng.beta(1, 20),
                            "lag_special_education": int(rng.random() < 0.2),
                            "lag_english_learner": int(rng.random() < 0.3),
                            "class_size": n,
                        }
                    )
                    student += 1
    return pd.DataFrame(rows)


def estimate(students, x, *, absorb, years_used, weighting, drift_limit, minimum, slopes, seed):
    """Estimates by subject, group, teacher and year, from controls ``x`` already chosen."""
    found = {}
    streams = iter(np.random.SeedSequence(seed).spawn(6))
    for subject, group in itertools.product(SUBJECTS, ("standard", "lower", "higher")):
        rng = np.random.default_rng(next(streams))
        lower = students[f"lower_{subject}"].to_numpy()
        regressors = x if group == "standard" else np.column_stack([x, lower.astype(float)])
        effects = students["teacher_id"]
        if absorb == "teacher_group" and group != "standard":
            effects = effects + lower.astype(str)
            regressors = x
        a = residual(students[subject].to_numpy(), regressors, effects, absorb)
        sizes = students.groupby(["class_id", "year"])["student_id"].transform("size").to_numpy()
        member = {"standard": np.ones(len(lower), bool), "lower": lower, "higher": ~lower}[group]
        use = member & (sizes >= minimum)
        table = students[use].assign(a=a[use] - a[use].mean())
        found[subject, group] = one_group(
            table, years_used, weighting, drift_limit, slopes(regressors, effects, absorb), rng
        )
    return found


def residual(y, x, effects, absorb):
    """y - X b with effects as dummies; only b is taken off."""
    dummies = pd.get_dummies(effects, dtype=float).to_numpy()
    dummies = np.ones((len(y), 1)) if absorb == "none" else dummies
    design = np.column_stack([x, dummies])
    b = np.linalg.lstsq(design, y, rcond=1e-13)[0][: x.shape[1]]
    a = y - x @ b
    return a - a.mean()


def one_group(table, years_used, weighting, drift_limit, slopes, rng):
    n, k = len(table), slopes + 1
    classes = table.groupby(["teacher_id", "year", "class_id"])["a"].agg(["mean", "size"])
    inside = table["a"] - table.groupby(["class_id", "year"])["a"].transform("mean")
    v_total = table["a"].var() * (n - 1) / (n - k)
    v_student = inside.var() * (n - 1) / (n - len(classes) - k + 1)
    classes["lot"] = rng.random(len(classes))
    pairs = []
    for _, group in classes.groupby(["teacher_id", "year"]):
        drawn = group.sort_values("lot")
        if len(drawn) == 2:
            pairs.append((*drawn["mean"], drawn["size"].sum()))
    c0 = covariance(pairs)
    shock = 0.0 if np.isnan(c0) else max(v_total - v_student - c0, 0.0)
    c0 = v_total - v_student if np.isnan(c0) else c0
    mean, precision, weight = {}, {}, {}
    for (teacher, year), group in classes.groupby(["teacher_id", "year"]):
        h = [1 / (shock + v_student / size) for size in group["size"]]
        mean[teacher, year] = sum(hh * m for hh, m in zip(h, group["mean"], strict=True)) / sum(h)
        precision[teacher, year], weight[teacher, year] = sum(h), group["size"].sum()
    span = range(1, 20)
    lags = {}
    for lag in span:
        found = [
            (mean[t, y], mean[t, y + lag], weight[t, y] + weight[t, y + lag])
            for t, y in mean
            if (t, y + lag) in mean
        ]
        if weighting == "equal":
            found = [(a, b, 1) for a, b, _ in found]
        value = covariance(found)
        lags[lag] = lags.get(lag - 1, c0) if np.isnan(value) else value
    if weighting == "equal":
        c0, precision = np.var(list(mean.values()), ddof=1), dict.fromkeys(mean, np.inf)
    cov = {0: c0, **{lag: lags[min(lag, drift_limit or lag)] for lag in span}}
    estimates = {}
    for teacher, year in mean:
        others = [
            y for t, y in mean if t == teacher and (y < year if years_used == "past" else y != year)
        ]
        if others:
            sigma = np.array([[cov[abs(p - q)] for q in others] for p in others])
            sigma += np.diag([1 / precision[teacher, y] for y in others])
            phi = np.array([cov[abs(year - y)] for y in others])
            psi = np.linalg.solve(sigma, phi)
            estimates[teacher, year] = sum(
                p * mean[teacher, y] for p, y in zip(psi, others, strict=True)
            )
    return estimates


def covariance(pairs):
    if len(pairs) < 2:
        return float("nan")
    x, y, w = np.array(pairs, float).T
    w = w / w.sum()
    centred = (x - (w * x).sum()) * (y - (w * y).sum())
    return float((w * centred).sum() * len(pairs) / (len(pairs) - 1))
