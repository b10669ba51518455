"""Estimates from students' scores against effects that were put into them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import va_slow

from welfare_added.calibration.evaluate import in_memory
from welfare_added.district import parameters
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import synthesise
from welfare_added.value_added import estimate as fast
from welfare_added.value_added.controls import variables
from welfare_added.value_added.forecast import forecast
from welfare_added.value_added.student_variables import as_batches

PARAMETERS = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration/parameters.yaml"
CHOICES = {**va_slow.CHOICES, "drift_limit": 7, "minimum_class_size": 7}
PLACE = ["subject", "teacher_id", "year", "grade", "school_id"]
YEARS, GRADES = (2003, 2013), (3, 4, 5)

SEEDS = 12
TEACHERS, SPAN, SIZE = 200, 5, 16
EFFECT, DRIFT, SHOCK, STUDENT = 0.04, 0.8, 0.02, 0.30


def taught(seed):
    """Students whose teachers drift, with class shocks and often two classes a year."""
    rng = np.random.default_rng(seed)
    effect = np.sqrt(EFFECT) * rng.standard_normal((TEACHERS, SPAN))
    for year in range(1, SPAN):
        news = np.sqrt(1 - DRIFT**2) * effect[:, year]
        effect[:, year] = DRIFT * effect[:, year - 1] + news
    slots = np.argwhere(rng.random((TEACHERS, SPAN, 2)) < [0.8, 0.5])
    slot = np.repeat(np.arange(len(slots)), SIZE)
    teacher, year, number = slots[slot].T
    shock = np.sqrt(SHOCK) * rng.standard_normal(len(slots))
    lag, female = rng.standard_normal(len(slot)), rng.random(len(slot)) < 0.5
    noise = np.sqrt(STUDENT) * rng.standard_normal(len(slot))
    score = 0.6 * lag + 0.1 * female + effect[teacher, year] + shock[slot] + noise
    names = [f"t{t:03d}" for t in range(TEACHERS)]
    table = pd.DataFrame(
        {
            "gender": np.where(female, "female", "male"),
            "student_id": np.arange(len(slot)).astype(str),
            "year": year + 2003,
            "grade": 3,
            "school_id": "h",
            "class_id": [f"c{t}-{k}" for t, k in zip(teacher, number, strict=True)],
            "teacher_id": np.take(names, teacher),
            **{"ela": score, "math": score, "lag_ela": lag, "lag_math": lag},
            **{"lower_ela": lag < 0, "lower_math": lag < 0},
        }
    )
    truth = pd.DataFrame(effect, index=names, columns=range(2003, 2003 + SPAN)).stack()
    return table, truth.rename("truth").rename_axis(["teacher_id", "year"]).reset_index()


@pytest.fixture
def two_controls(monkeypatch):
    two = ["lag_ela^1:grade_3", "female"]
    monkeypatch.setattr(fast, "variables", lambda sums: variables(sums).only(two))


def off(values, truth):
    """How many of its own standard errors the mean of simulations lies from the truth."""
    values = np.asarray(values, float)
    return (values.mean() - truth) / (values.std(ddof=1) / np.sqrt(len(values)))


def promised(found, truth):
    """Surplus of the mean squared error over c0 - phi' Sigma^-1 phi, at the true covariances."""
    means = found.class_means.query("subject == 'ela' and group == 'standard'")
    years = means.groupby(["teacher_id", "year"])["students"].apply(list)
    table = found.estimates.query("subject == 'ela'").merge(truth, on=["teacher_id", "year"])
    error = table["va_standard"] - table["truth"] + table["truth"].mean()
    expected = []
    for teacher, year in zip(table["teacher_id"], table["year"], strict=True):
        own = years[teacher].drop(year)
        when = own.index.to_numpy()
        noise = [1 / sum(1 / (SHOCK + STUDENT / n) for n in sizes) for sizes in own]
        sigma = EFFECT * DRIFT ** abs(when[:, None] - when) + np.diag(noise)
        phi = EFFECT * DRIFT ** abs(when - year)
        expected.append(EFFECT - phi @ np.linalg.solve(sigma, phi))
    return (error**2).mean() - np.mean(expected), np.mean(expected)


def test_what_is_put_into_scores_is_estimated_from_them(two_controls):
    rows = []
    for seed in range(SEEDS):
        students, truth = taught(seed)
        found = fast.estimate_value_added(as_batches(students), **{**CHOICES, "drift_limit": None})
        label = ("ela", "standard")
        variances = found.variances.set_index(["subject", "group"]).loc[label]
        lags = found.autocovariances.set_index(["subject", "group"]).loc[label].set_index("lag")
        line = forecast(found.estimates, found.class_means, estimator="leave_year_out")
        row = {name: variances[name] for name in ("v_student", "v_class", "c0")}
        row |= {f"c{lag}": lags.loc[lag, "covariance"] for lag in (1, 2, 3)}
        row["slope"] = line.set_index(["subject", "group"]).loc[label, "slope"]
        row["surplus"], expected = promised(found, truth)
        rows.append(row)
    made = pd.DataFrame(rows)
    wanted = {"v_student": STUDENT, "v_class": SHOCK, "c0": EFFECT, "slope": 1.0}
    wanted |= {f"c{lag}": EFFECT * DRIFT**lag for lag in (1, 2, 3)}
    for name, value in wanted.items():
        assert abs(off(made[name], value)) < 3, name
        assert made[name].std() < 0.5 * value, name
    # estimated covariances cost a little over the error that known ones promise
    assert abs(made["surplus"].mean()) < 0.03 * expected
    assert 0.2 * EFFECT < expected < 0.6 * EFFECT


def slopes_on_truth(made, students, absorb):
    """Slope of true on estimated standard value added, the truth mixed as the class is."""
    found = fast.estimate_value_added(as_batches(students), **{**CHOICES, "absorb": absorb})
    means = found.class_means.query("group != 'standard'")
    counts = means.pivot_table(
        index=PLACE, columns="group", values="students", aggfunc="sum"
    ).reset_index()
    table = found.estimates.merge(counts, on=PLACE).merge(
        made.truth, on=["subject", "teacher_id", "year"]
    )
    table["n"] = table["lower"] + table["higher"]
    mixed = table["lower"] * table["true_lower"] + table["higher"] * table["true_higher"]
    table["true_standard"] = mixed / table["n"]
    return {
        subject: np.polyfit(rows["va_standard"], rows["true_standard"], 1, w=rows["n"] ** 0.5)[0]
        for subject, rows in table.groupby("subject")
    }


def test_true_value_added_of_synthetic_districts_has_slope_one_on_estimates():
    given = parameters.load(PARAMETERS)
    found = {"none": [], "teacher": []}
    for seed in range(6):
        made = synthesise(given, size="small", seed=seed, years=YEARS, grades=GRADES)
        sample = analysis_sample(in_memory(made), YEARS, GRADES)
        for absorb, slopes in found.items():
            slopes.append(slopes_on_truth(made, sample.students, absorb))
    for subject in ("ela", "math"):
        none, teacher = (pd.DataFrame(found[absorb])[subject] for absorb in found)
        assert abs(off(none, 1.0)) < 3
        assert none.std() < 0.12
        # errors of the controls' slopes are alike in all of a teacher's years and pass for value
        # added: measured 0.91 to 0.94 here, 0.99 in districts of the full size
        assert 0.85 < teacher.mean() < 1.0
        assert (teacher < none).mean() > 0.6
