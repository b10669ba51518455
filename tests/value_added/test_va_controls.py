"""The control vector of section 3.2, column by column, made again with loops over groups."""

import itertools

import numpy as np
import pandas as pd
import pytest
import va_slow

from welfare_added.value_added.controls import control_vector

TRAITS = ("female", "age", "lag_share_absent", "lag_special_education", "lag_english_learner")
ETHNICITIES = ("ethnicity_hispanic", "ethnicity_white")


@pytest.fixture(scope="module")
def students():
    made = va_slow.panel(3, teachers=40, years=6)
    # class ids that recur in other years, and two grades in a school
    return made.assign(class_id=made["class_id"].str[-2:], school_id="h" + made["class_id"].str[-1])


@pytest.fixture(scope="module")
def columns(students):
    found = control_vector(students)
    return pd.DataFrame(found.matrix, columns=found.names)


def by_loops(students):
    """All columns by name, from sums over the rows of each row's group."""
    plain = {name: students[name].to_numpy(float) for name in TRAITS[1:]}
    plain["female"] = (students["gender"] == "female").to_numpy(float)
    for name in ETHNICITIES:
        plain[name] = (students["ethnicity"] == name.split("_")[1]).to_numpy(float)
    means = {}
    groups = {
        "class": ["class_id", "year"],
        "cohort": ["school_id", "grade", "year"],
        "school": ["school_id", "year"],
    }
    for level, keys in groups.items():
        values = {**plain, **{f"lag_{s}": students[f"lag_{s}"].to_numpy() for s in ("ela", "math")}}
        for positions in students.reset_index(drop=True).groupby(keys).indices.values():
            for name, value in values.items():
                mean = means.setdefault(f"{level}_{name}", np.zeros(len(students)))
                mean[positions] = sum(value[i] for i in positions) / len(positions)
    made = dict(plain)
    lags = {f"lag_{s}": students[f"lag_{s}"].to_numpy() for s in ("ela", "math")}
    lags |= {n: means[n] for n in means if n.startswith(("class_lag_ela", "class_lag_math"))}
    lags |= {n: means[n] for n in means if n.startswith(("cohort_lag_ela", "cohort_lag_math"))}
    for (name, value), power, grade in itertools.product(lags.items(), (1, 2, 3), (3, 4)):
        here = students["grade"].to_numpy() == grade
        made[f"{name}^{power}:grade_{grade}"] = np.where(here, value**power, 0)
    for level, name in itertools.product(("class", "school"), plain):
        made[f"{level}_{name}"] = means[f"{level}_{name}"]
    made["class_size"] = students["class_size"].to_numpy(float)
    made["grade_4"] = (students["grade"] == 4).to_numpy(float)
    for year in range(2002, 2007):
        made[f"year_{year}"] = (students["year"] == year).to_numpy(float)
    return pd.DataFrame(made)


def test_every_control_of_the_paper_is_there_once_with_its_values(students, columns):
    wanted = by_loops(students)
    assert sorted(columns) == sorted(wanted)
    pd.testing.assert_frame_equal(columns[list(wanted)], wanted, rtol=1e-12, atol=1e-12)


def test_means_of_scores_differ_between_classes_of_a_cohort(columns):
    assert (columns["class_lag_ela^1:grade_3"] != columns["cohort_lag_ela^1:grade_3"]).any()
    assert (columns["class_age"] != columns["school_age"]).any()


def test_a_trait_that_is_wholly_unknown_is_left_out(students, columns):
    poorer = students.assign(ethnicity=None, gender=None, age=np.nan, lag_english_learner=np.nan)
    found = control_vector(poorer)
    gone = ("ethnicity", "female", "age", "lag_english_learner")
    kept = [name for name in columns if not any(trait in name for trait in gone)]
    assert found.names == kept
    np.testing.assert_array_equal(found.matrix, columns[kept])
