"""Joint prediction the slow way: loops over pairs, dense matrices, formulas as they are printed."""

import itertools

import numpy as np
from va_slow import covariance

GROUPS = ("lower", "higher")


def joint_estimates(class_means, variances, autocovariances, drift_limit, past=False):
    """Estimates of one subject by group, teacher and year, from the tables of an estimation.

    class_means, variances, autocovariances: of the subject, with the columns of `ValueAdded`.
    """
    v = variances.set_index("group")
    classes = {g: _classes(class_means[class_means["group"] == g], v.loc[g]) for g in GROUPS}
    years = {g: _years(classes[g]) for g in GROUPS}
    cov = {g: _own(autocovariances[autocovariances["group"] == g], v.loc[g]) for g in GROUPS}
    together, apart = _in_one_year(classes)
    shocks = [v.loc[g, "v_class"] for g in GROUPS]
    shock = 0.0
    if not np.isnan([apart, *shocks]).any():
        most = np.sqrt(max(shocks[0], 0) * max(shocks[1], 0))
        shock = min(max(together - apart, -most), most)
    cross = _cross(years, together - shock, cov, drift_limit)

    def between(g, h, lag):
        if g != h:
            return cross[min(lag, drift_limit, len(cross) - 1)]
        return cov[g][min(lag, drift_limit, len(cov[g]) - 1)]

    found = {}
    teachers = {t for g in GROUPS for t, _ in years[g]}
    for teacher, year in {key for g in GROUPS for key in years[g]}:
        assert teacher in teachers
        seen = [
            (g, y)
            for g in GROUPS
            for t, y in years[g]
            if t == teacher and (y < year if past else y != year)
        ]
        if not seen:
            continue
        sigma = np.zeros((len(seen), len(seen)))
        for (i, (g, y)), (j, (h, z)) in itertools.product(enumerate(seen), enumerate(seen)):
            sigma[i, j] = between(g, h, abs(y - z))
            if i == j:
                sigma[i, j] += 1 / years[g][teacher, y][1]
            elif y == z:
                sigma[i, j] += shock * _overlap(classes, teacher, y)
        means = np.array([years[g][teacher, y][0] for g, y in seen])
        for g in GROUPS:
            phi = np.array([between(g, h, abs(year - y)) for h, y in seen])
            found[g, teacher, year] = phi @ np.linalg.inv(sigma) @ means
    return found


def _classes(table, v):
    """By teacher and year: class -> (mean, students, precision)."""
    shock = 0.0 if np.isnan(v["c0"]) else max(v["v_class"], 0.0)
    found = {}
    for row in table.itertuples():
        h = 1 / (shock + v["v_student"] / row.students)
        found.setdefault((row.teacher_id, row.year), {})[row.class_id, row.grade, row.school_id] = (
            row.mean_residual,
            row.students,
            h,
        )
    return found


def _years(classes):
    """By teacher and year: (mean, precision, students)."""
    found = {}
    for key, rows in classes.items():
        total = sum(h for _, _, h in rows.values())
        mean = sum(h * m for m, _, h in rows.values()) / total
        found[key] = (mean, total, sum(n for _, n, _ in rows.values()))
    return found


def _overlap(classes, teacher, year):
    lower, higher = (classes[g][teacher, year] for g in GROUPS)
    totals = [sum(h for _, _, h in rows.values()) for rows in (lower, higher)]
    both = lower.keys() & higher.keys()
    return sum(lower[c][2] / totals[0] * higher[c][2] / totals[1] for c in both)


def _own(lags, v):
    own = v["v_total"] - v["v_student"] if np.isnan(v["c0"]) else v["c0"]
    values = lags.sort_values("lag")["covariance"].ffill().bfill()
    return [own, *values]


def _in_one_year(classes):
    """Covariance of the groups in one class, and in two classes of a teacher-year."""
    same, other = [], []
    for key in classes["lower"].keys() & classes["higher"].keys():
        for (a, (x, n, _)), (b, (y, m, _)) in itertools.product(
            classes["lower"][key].items(), classes["higher"][key].items()
        ):
            (same if a == b else other).append((x, y, n + m))
    return covariance(same), covariance(other)


def _cross(years, at_zero, cov, drift_limit):
    everyone = [y for g in GROUPS for _, y in years[g]]
    values = []
    for lag in range(1, max(everyone) - min(everyone) + 1):
        pairs = [
            (x, years["higher"][t, y + step][0], n + years["higher"][t, y + step][2])
            for (t, y), (x, _, n) in years["lower"].items()
            for step in (-lag, lag)
            if (t, y + step) in years["higher"]
        ]
        values.append(covariance(pairs))
    for i, value in enumerate(values):
        if np.isnan(value):
            values[i] = values[i - 1]
    most = [
        np.sqrt(max(cov["lower"][lag], 0) * max(cov["higher"][lag], 0))
        for lag in (min(i + 1, drift_limit) for i in range(len(values)))
    ]
    values = [values[min(i + 1, drift_limit) - 1] for i in range(len(values))]
    bounded = [min(max(c, -m), m) for c, m in zip(values, most, strict=True)]
    return [at_zero, *bounded]
