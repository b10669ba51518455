"""Persons behind published numbers, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from small_world import records, start

from welfare_added.market.populations import populations
from welfare_added.market.samples import sample_values

FIT = pd.DataFrame(
    [
        ("black", "data", 1, 0.25, 40.0),
        ("black", "data", 2, 0.9, 40.0),
        ("black", "model", 1, 0.5, 17.0),
        ("absolute_advantage", "data", 1, 0.02, 40.0),
        ("absolute_advantage", "model", 1, 0.02, 17.0),
    ],
    columns=["panel", "source", "bin", "value", "teachers"],
)


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    made, base = records(), start()
    applicants = base.applicants.assign(applications=1)
    positions = base.positions.assign(applications=1)
    table = populations(
        applicants,
        positions,
        made.teachers,
        made.schools,
        forecasts=pd.DataFrame({"teacher_id": ["a", "a", "a", "b"], "year": [1, 2, 3, 1]}),
        district=pd.DataFrame({"teacher_id": list("abcde")}),
        market=pd.DataFrame(index=range(3)),
        fit=FIT,
    )
    return table.set_index("population")


def test_a_person_of_several_years_counts_once(counted):
    assert counted.loc["state"].tolist() == [2, 4 / 3]
    assert counted.loc["district"].tolist() == [5, 5]
    assert counted.loc["market"].tolist() == [3, 3]
    applicants = start().applicants
    assert counted.loc["applicants", "students"] == applicants["applicant_id"].nunique()
    assert counted.loc["applicants", "students"] < len(applicants)


def test_the_top_decile_is_a_tenth_of_those_with_value_added(counted):
    applicants = start().applicants
    known = applicants.loc[applicants["va_missing"] == 0, "applicant_id"]
    assert counted.loc["with_value_added", "students"] == known.nunique()
    top = counted.loc["top_decile", "students"]
    assert 0 < top <= np.ceil(0.1 * len(known)) < known.nunique()


def test_a_share_of_a_bin_has_the_fewest_of_both_groups(counted):
    assert counted.loc["fit_black_data_1", "students"] == pytest.approx(10)
    assert counted.loc["fit_black_data_2", "students"] == pytest.approx(4)
    assert counted.loc["fit_black_model_1", "students"] == pytest.approx(8.5)
    assert counted.loc["line_black_data", "students"] == pytest.approx(34)  # 46 are Black
    assert counted.loc["fit_absolute_advantage_data_1", "students"] == 5
    assert counted.loc["line_absolute_advantage_model", "students"] == 3


def test_a_share_of_a_sample_has_the_fewest_persons_of_both_groups(counted):
    applicants = start().applicants
    black = applicants[~applicants["race_missing"].astype(bool)]
    groups = black.groupby(black["black"].astype(int))["applicant_id"].nunique()
    assert counted.loc["samples_applicants_black", "students"] == groups.min()
    teachers = records().teachers
    known = teachers.dropna(subset=["experience"])
    assert counted.loc["samples_state_experience", "students"] == known["teacher_id"].nunique()
    assert counted.loc["samples_with_value_added_with_value_added", "students"] == 0  # all of them


def test_what_is_counted_is_what_is_described():
    made, base = records(), start()
    tables = (one.assign(applications=1) for one in (base.applicants, base.positions))
    values = sample_values(*tables, made.teachers, made.schools)
    assert list(values)[:2] == ["state", "market"] and "positions" in values
    for ids, columns in values.values():
        assert {len(one) for one in columns.values()} == {len(ids)}
    assert np.isnan(values["applicants"][1]["mu_0"]).any()
