"""Days of a season, commutes, and the school year whose features a position has."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.market import season
from welfare_added.market.commutes import Commutes, distance_km
from welfare_added.market.positions import school_years


def test_the_season_of_a_cycle_is_the_spring_and_summer_before_the_job():
    day = np.array([0, 29, 30, 60, 61, 91, 122, 152, -1])
    cycle = np.full(9, 2016)
    texts = season.dates(day, cycle)
    assert texts.tolist()[:2] == ["2015-04-01", "2015-04-30"]
    assert texts.tolist()[2:] == [
        *("2015-05-01", "2015-05-31", "2015-06-01", "2015-07-01", "2015-08-01", "2015-08-31"),
        "2015-03-31",
    ]
    assert season.month_of(day).tolist() == [0, 0, 1, 1, 2, 3, 4, 4, 0]


def test_days_invert_dates_in_leap_years_too():
    rng = np.random.default_rng(0)
    day, cycle = rng.integers(-90, 250, 500), rng.integers(2010, 2021, 500)
    found = season.days(pd.to_datetime(season.dates(day, cycle)), pd.Series(cycle))
    assert found.tolist() == day.tolist()
    assert season.days(pd.Series([pd.NaT], dtype="datetime64[s]"), pd.Series([2016])).isna().all()


def test_drawn_days_are_of_their_months():
    months = np.repeat(np.arange(5), 2000)
    day = season.draw_days(months, np.random.default_rng(0))
    assert np.array_equal(season.month_of(day), months)
    assert set(day[months == 4]) == set(range(122, 153))


def test_distances_are_those_of_the_globe():
    # A degree of latitude is 111.195 km; at 60 degrees north one of longitude is half of that.
    assert distance_km(35.0, -80.0, 36.0, -80.0) == pytest.approx(111.195, abs=0.001)
    assert distance_km(60.0, 10.0, 60.0, 10.01) == pytest.approx(0.5560, abs=0.0005)
    raleigh, charlotte = (35.7796, -78.6382), (35.2271, -80.8431)
    assert distance_km(*raleigh, *charlotte) == pytest.approx(209, abs=2)
    assert np.isnan(distance_km(np.nan, 0.0, 0.0, 0.0))


APPLICANTS = pd.DataFrame(
    {
        "applicant_id": ["a", "b", "a"],
        "year": [2015, 2015, 2016],
        "latitude": [35.0, np.nan, 35.0],
        "longitude": [-80.0, np.nan, -80.0],
    }
)
SCHOOLS = pd.DataFrame(
    {"school_id": ["x", "y"], "latitude": [35.1, np.nan], "longitude": [-80.0, np.nan]}
)


def test_minutes_are_given_or_calculated_or_missing():
    given = pd.DataFrame(
        {
            "applicant_id": ["a", "b", "nobody", "b"],
            "cycle": [2016, 2015, 2015, 2015],
            "school_id": ["x", "y", "x", "elsewhere"],
            "minutes": [33.0, 12.0, 1.0, 2.0],
        }
    )
    plain = Commutes(APPLICANTS, SCHOOLS, minutes_a_km=2.0, at_least=3.0)
    known = Commutes(APPLICANTS, SCHOOLS, minutes_a_km=2.0, at_least=3.0, given=given)
    who, where = np.repeat([0, 1, 2], 2), np.tile([0, 1], 3)
    calculated = 2.0 * 11.1195
    expected = [calculated, np.nan, np.nan, np.nan, calculated, np.nan]
    np.testing.assert_allclose(plain.minutes(who, where), expected, rtol=1e-5)
    expected = [calculated, np.nan, np.nan, 12.0, 33.0, np.nan]
    np.testing.assert_allclose(known.minutes(who, where), expected, rtol=1e-5)


def test_nobody_lives_nearer_than_the_fewest_minutes():
    next_door = APPLICANTS.assign(latitude=35.1)
    commutes = Commutes(next_door, SCHOOLS, minutes_a_km=2.0, at_least=3.0)
    assert commutes.minutes(np.array([0]), np.array([0])).tolist() == [3.0]


def test_an_empty_minute_is_calculated():
    given = pd.DataFrame(
        {"applicant_id": ["a"], "cycle": [2015], "school_id": ["x"], "minutes": [np.nan]}
    )
    commutes = Commutes(APPLICANTS, SCHOOLS, minutes_a_km=2.0, at_least=3.0, given=given)
    assert commutes.minutes(np.array([0]), np.array([0]))[0] == pytest.approx(22.239, abs=1e-3)


def test_a_school_year_is_the_years_own_or_the_latest_before():
    schools = pd.DataFrame(
        {"school_id": ["b", "a", "a", "b", "a"], "year": [2012, 2014, 2010, 2015, 2012]}
    )
    rows = pd.DataFrame(
        {
            "school_id": ["a", "a", "a", "a", "b", "b", "none", None],
            "year": [2009, 2010, 2011, 2020, 2014, 2015, 2014, 2014],
        }
    )
    assert school_years(rows, schools).tolist() == [-1, 2, 2, 1, 0, 3, -1, -1]
