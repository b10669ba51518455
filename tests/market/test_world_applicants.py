"""Applicants and positions with what preferences depend on."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.market.applicants import BINS, applicant_table, with_present_commute
from welfare_added.market.commutes import Commutes
from welfare_added.market.positions import FEATURES, position_table

TRAITS = pd.DataFrame(
    {
        "teacher_id": ["t", "u"],
        "first_year": [2010, np.nan],
        "earlier": [1.0, 0.0],
        "female": [1.0, np.nan],
        "black": [1.0, np.nan],
        "hispanic": [0.0, np.nan],
        "masters": [1.0, np.nan],
    }
)
FORECASTS = pd.DataFrame(
    {
        "teacher_id": ["t", "t", "u"],
        "year": [2016, 2015, 2015],
        "mu_0": [0.2, 9.0, 9.0],
        "mu_1": [0.3, 9.0, 9.0],
        "experience_effect": [0.1, 9.0, 9.0],
    }
)
RAW = pd.DataFrame(
    {
        "applicant_id": ["d", "c", "b", "a"],
        "cycle": 2016,
        "teacher_id": [None, "u", "t", "t"],
        "latitude": [35.0, 35.0, np.nan, 35.0],
        "longitude": [-80.0, -80.0, np.nan, -80.0],
        "current_position": [None, "y", "x", "x"],
        "gender": ["male", None, None, None],
        "ethnicity": ["hispanic", None, None, "white"],
        "masters": [np.nan, np.nan, np.nan, 0.0],
        "experience": [5.0, np.nan, np.nan, 2.0],
    }
)


def made() -> pd.DataFrame:
    return applicant_table(RAW, TRAITS, FORECASTS).set_index("applicant_id")


def test_rows_are_sorted_by_cycle_and_applicant():
    later = pd.concat([RAW.assign(cycle=2017), RAW], ignore_index=True)
    rows = applicant_table(later, TRAITS, FORECASTS)
    assert rows["applicant_id"].tolist() == list("abcd") * 2
    assert rows["year"].tolist() == [2016] * 4 + [2017] * 4


def test_the_platforms_own_traits_count_before_the_states():
    rows = made()
    assert rows["black"].tolist() == [0, 1, 0, 0]  # a says white, b is as in the state's file
    assert rows["hispanic"].tolist() == [0, 0, 0, 1]
    assert rows["female"].tolist() == [1, 1, 0, 0]
    assert rows["masters"].tolist() == [0, 1, 0, 0]
    assert rows["race_missing"].tolist() == [0, 0, 1, 0]
    assert rows["gender_missing"].tolist() == [0, 0, 1, 0]


def test_experience_is_the_platforms_or_counted_from_the_first_year():
    rows = made()
    assert rows["experience"].tolist()[:2] == [2, 7] and rows.loc["d", "experience"] == 5
    assert np.isnan(rows.loc["c", "experience"])
    assert rows["experience_missing"].tolist() == [0, 0, 1, 0]
    assert rows[list(BINS)].to_numpy().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("years", "bins"),
    [
        *((0, [0, 0, 0]), (1, [0, 0, 0]), (2, [1, 0, 0]), (3, [1, 0, 0]), (4, [0, 1, 0])),
        *((6, [0, 1, 0]), (7, [0, 0, 1]), (40, [0, 0, 1])),
    ],
)
def test_bins_of_experience(years, bins):
    rows = applicant_table(RAW.assign(experience=float(years)), TRAITS, FORECASTS)
    assert (rows[list(BINS)] == bins).all(axis=None)


def test_forecasts_are_those_of_the_cycle_and_zero_where_there_is_none():
    rows = made()
    assert rows["va_missing"].tolist() == [0, 0, 1, 1]
    assert rows["mu_0"].tolist() == [0.2, 0.2, 0, 0] and rows["mu_1"].tolist() == [0.3, 0.3, 0, 0]
    assert rows["experience_effect"].tolist() == [0.1, 0.1, 0, 0]


def test_present_commutes_are_zero_for_newcomers_and_missing_without_a_place():
    schools = pd.DataFrame(
        {"school_id": ["x", "y"], "latitude": [35.1, np.nan], "longitude": [-80.0, np.nan]}
    )
    rows = made().reset_index()
    commutes = Commutes(rows, schools, minutes_a_km=2.0, at_least=3.0)
    rows = with_present_commute(rows, commutes)
    np.testing.assert_allclose(rows["current_minutes"], [22.239, 0, 0, 0], atol=1e-3)
    assert rows["current_commute_missing"].tolist() == [0, 1, 1, 0]
    assert rows["in_district"].tolist() == [1, 1, 1, 0]
    elsewhere = rows.assign(current_school=["none", "none", "none", None])
    found = with_present_commute(elsewhere, commutes)["current_commute_missing"]
    assert found.tolist() == [1, 1, 1, 0]


def test_positions_have_the_features_of_their_school_and_year():
    schools = pd.DataFrame(
        {
            "school_id": ["x", "x", "y"],
            "year": [2015, 2016, 2014],
            **{name: [1.0, 2.0, 3.0] for name in FEATURES},
        }
    )
    vacancies = pd.DataFrame(
        {
            "position_id": ["q", "p", "r"],
            "cycle": [2016, 2016, 2015],
            "school_id": ["y", "x", "x"],
            "posted": [3, 4, 5],
            "closed": [np.nan, 9, 9],
        }
    )
    rows = position_table(vacancies, schools)
    assert rows["position_id"].tolist() == ["r", "p", "q"]
    for name in FEATURES:
        assert rows[name].tolist() == [1.0, 2.0, 3.0]
    assert rows["posted"].tolist() == [5, 4, 3]
