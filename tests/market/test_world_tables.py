"""Tables that describe the platform, each by hand on a platform of a few applications."""

import numpy as np
import pandas as pd
import pytest
from small_world import CHOICES, records, start

from welfare_added.market import timing
from welfare_added.market.outcomes import outcome_days, outcomes
from welfare_added.market.platform import Platform, platform
from welfare_added.market.platform_numbers import class_size_slope, text_numbers
from welfare_added.market.platform_tables import platform_tables
from welfare_added.market.samples import class_size_bins, samples
from welfare_added.market.set_sizes import application_rates, set_sizes


def few() -> Platform:
    """Two cycles in one: applicants 0 to 2, positions 0 to 3; days from 1 April."""
    applicants = pd.DataFrame(
        {
            "applicant": [0, 1, 2],
            "year": 2016,
            "mu_0": [0.1, 0.3, 0.0],
            "mu_1": [0.1, 0.3, 0.0],
            "experience_effect": [0.0, 0.0, 0.0],
            "va_missing": [0, 0, 1],
        }
    )
    positions = pd.DataFrame(
        {
            "position": [0, 1, 2, 3],
            "year": 2016,
            "school_id": ["x", "x", "y", "y"],
            "posted": [2, 35, 4, 100],
            "title1": [1.0, 1.0, 0.0, 0.0],
        }
    )
    made = pd.DataFrame(
        {
            "applicant": [0, 0, 0, 1, 1, 2],
            "position": [0, 1, 2, 0, 3, 2],
            "day": [10, 40, 10, 50, 103, 10],
            "outcome": ["hired", "none", "positive", "none", "hired_out", "hired"],
        }
    )
    pairs = pd.DataFrame(
        {
            "applicant": [0, 0, 0, 1, 1, 1, 2],
            "position": [0, 1, 2, 0, 1, 3, 2],
            "applied": [1, 1, 1, 1, 0, 1, 1],
            "minutes": [5.0, 5.0, 30.0, 8.0, 8.0, 0.0, 40.0],
            "commute_missing": [0, 0, 0, 0, 0, 1, 0],
        }
    )
    return Platform(applicants, positions, made, pairs, pd.DataFrame())


SCHOOLS = pd.DataFrame(
    {
        "year": 2016,
        "in_market": [True, True, False],
        "students": [10, 30, 99],
        "class_size": [10.0, 30.0, 5.0],
        "share_disadvantaged": [1.0, 0.0, 0.5],
    }
)


def test_table_3_by_hand():
    table = timing.timing(few(), SCHOOLS).set_index(["group", "month"])
    assert table["count"]["vacancies"].tolist() == [2, 1, 0, 1, 0]
    assert table["share"]["vacancies"].tolist() == [0.5, 0.25, 0, 0.25, 0]
    assert table["share_title1"]["vacancies"].tolist()[:2] == [0.5, 1.0]
    assert np.isnan(table["share_title1"]["vacancies"]["june"])
    assert table["count"]["applications"].tolist() == [3, 2, 0, 1, 0]
    assert table["share_title1"]["applications"]["april"] == pytest.approx(1 / 3)
    assert table["count"]["hires"].tolist() == [2, 0, 0, 1, 0]
    assert table["count"]["with_value_added"].tolist() == [2, 2, 0, 1, 0]
    assert table["count"]["above_median"].tolist() == [0, 1, 0, 1, 0]  # applicant 1 alone


def test_ranks_are_among_those_with_value_added():
    ranks = timing.value_added_ranks(few().applicants, SCHOOLS)
    assert ranks.tolist()[:2] == [0.5, 1.0] and np.isnan(ranks[2])


def test_posting_months_by_hand():
    table = timing.posting_months(few().positions)
    assert table["schools"].tolist() == [0, 0, 1, 1]  # x posts in April and May, y April and July
    assert list(table) == ["posts_april", "posts_july", "schools"]


def test_waits_are_those_of_footnote_12():
    table = timing.waits(few())
    # Applicant 0 is there on days 10 and 40: one of her two first-day applications is left out.
    rows = {(r.applicant, r.position): (r.stock, r.wait) for r in table.itertuples()}
    assert rows == {
        (0, 2): (True, 0),
        (0, 1): (False, 0),
        (1, 3): (False, 0),
        # Applicant 1 is there on days 50 and 103; application (1, 0) on day 50 is left out.
    }


def test_a_wait_lasts_from_the_first_day_on_the_platform_after_posting():
    made = few()
    made.applications.loc[1, "day"] = 45  # position 1 is posted on 35
    extra = pd.DataFrame({"applicant": [0], "position": [3], "day": [38], "outcome": ["none"]})
    both = pd.concat([made.applications, extra], ignore_index=True)
    positions = made.positions.assign(posted=[2, 35, 4, 20])
    table = timing.waits(Platform(made.applicants, positions, both, made.pairs, made.steps))
    rows = {(r.applicant, r.position): r.wait for r in table.itertuples()}
    assert rows[(0, 1)] == 7 and rows[(0, 3)] == 0


def slow_waits(made: Platform) -> dict:
    found, left_out = {}, set()
    for applicant, rows in made.applications.groupby("applicant"):
        days = sorted(set(rows["day"]))
        for row in rows.itertuples():
            posted = made.positions.loc[row.position, "posted"]
            if posted <= days[0] and row.day == days[0] and applicant not in left_out:
                left_out.add(applicant)
                continue
            wait = row.day - min(day for day in days if day >= posted)
            found[(applicant, row.position)] = (posted <= days[0], wait)
    return found


def test_waits_of_the_synthetic_platform_agree_with_a_slow_second_way():
    made = platform(start(), CHOICES)
    table = timing.waits(made)
    fast = {(r.applicant, r.position): (r.stock, r.wait) for r in table.itertuples()}
    assert fast == slow_waits(made) and len(fast) > 1000
    assert (table["wait"] >= 0).all() and table["wait"].max() > 5


def test_wait_histograms_and_statistics():
    made = platform(start(), CHOICES)
    waited = timing.waits(made)
    histogram = timing.wait_days(waited)
    assert histogram["applications"].sum() == len(waited)
    assert (histogram.groupby("panel")["share"].sum() - 1).abs().max() < 1e-6
    assert histogram["days"].max() <= timing.LONGEST_WAIT
    found = timing.stock_flow(made, waited).set_index(["panel", "statistic"])["value"]
    stock = waited[waited["stock"]]
    assert found["stock", "wait_median"] == stock["wait"].median() == 0
    assert found["flow", "wait_mean"] == pytest.approx(waited[~waited["stock"]]["wait"].mean())
    assert found["stop"].sum() == pytest.approx(1)


def test_ages_and_last_months_by_hand():
    found = timing.stock_flow(few(), timing.waits(few()))
    found = found.set_index(["panel", "statistic"])["value"]
    # First days: 10 (positions posted on 2 and 4), 50 (posted on 2) and 10 (posted on 4).
    assert found["stock", "age_mean"] == pytest.approx((8 + 6 + 48 + 6) / 4)
    assert found["stop"].tolist() == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3, 0], abs=1e-8)


def test_table_4_by_hand():
    table = outcomes(few()).set_index(["level", "outcome"])
    of_applications = table.loc["application"]
    assert of_applications["count"].to_dict()["hired"] == 2
    assert of_applications.loc["none", "share"] == pytest.approx(2 / 7, abs=1e-8)  # of all pairs
    assert of_applications.loc["none", "share_of_applications"] == pytest.approx(2 / 6, abs=1e-8)
    of_positions = table.loc["position"]
    assert of_positions.loc["hired", "count"] == 3 and of_positions.loc["hired", "share"] == 0.75
    assert of_positions.loc["none", "count"] == 2
    assert of_positions.loc["any_non_hire_action", "count"] == 1
    assert "hired_out" not in of_positions.index


def test_days_from_the_hired_application_by_hand():
    table = outcome_days(few().applications).set_index("group")
    # Position 0: hired on 10, another on 50; position 2: hired on 10, another on 10; position 3: hired.
    assert table.loc["all", "observations"] == 5
    assert table.loc["all", "mean"] == pytest.approx(40 / 5)
    assert table.loc["no_notes", "observations"] == 1 and table.loc["no_notes", "mean"] == 40
    assert table.loc["with_notes", "mean"] == 0 and table.loc["all", "p50"] == 0


def test_several_hires_count_by_the_mean_of_their_days():
    made = few().applications
    made.loc[3, "outcome"] = "hired"  # position 0 hires on days 10 and 50
    table = outcome_days(made).set_index("group")
    assert table.loc["all", "mean"] == pytest.approx(0) and table.loc["all", "p10"] < -10


def test_set_sizes_by_hand():
    table = set_sizes(few(), width=2).set_index(["set", "low"])
    assert table["applicants"]["choice"].to_dict() == {0: 1, 2: 2}
    assert table["applicants"]["application"].to_dict() == {0: 1, 2: 2}
    assert table["high"]["choice"].to_dict() == {0: 1, 2: 3}


def test_application_rates_by_hand():
    table = application_rates(few().pairs, bins=3)
    assert table["pairs"].tolist() == [2, 2, 2] and table["minutes"].tolist() == [5, 8, 35]
    assert table["rate"].tolist() == [1.0, 0.5, 1.0]


def test_weeks_count_from_the_first_of_april():
    table = timing.timing_weeks(few()).set_index(["group", "week"])
    assert table["count"]["vacancies"].to_dict() == {0: 2, 5: 1, 14: 1}
    assert table["share"]["hires"].to_dict() == pytest.approx({1: 2 / 3, 14: 1 / 3}, abs=1e-8)


def test_class_sizes_by_share_disadvantaged():
    schools, teachers = records().schools, records().teachers
    table = class_size_bins(teachers, schools, bins=6)
    own = teachers[teachers["in_market"]]
    assert table["teacher_years"].sum() == len(own) and table["share"].sum() == pytest.approx(1)
    assert table["share_disadvantaged"].is_monotonic_increasing
    assert table["share_disadvantaged"].iloc[-1] == 1
    merged = own.merge(schools, on=["school_id", "year"])
    everyone = merged[merged["share_disadvantaged"] == 1]
    assert table["class_size"].iloc[-1] == pytest.approx(everyone["class_size"].mean(), abs=1e-6)
    assert table["schools"].iloc[-1] == len(everyone.drop_duplicates(["school_id", "year"]))


def test_samples_are_means_of_those_for_whom_it_is_known():
    made = platform(start(), CHOICES)
    table = samples(made, records().teachers, records().schools).set_index(["sample", "variable"])
    applicants = made.applicants
    known = applicants[applicants["race_missing"] == 0]
    row = table.loc[("applicants", "black")]
    assert row["mean"] == pytest.approx(known["black"].mean(), abs=1e-7)
    assert row["observations"] == len(known) < len(applicants)
    with_forecast = applicants[applicants["va_missing"] == 0]
    assert table.loc[("with_value_added", "mu_0"), "sd"] == pytest.approx(
        with_forecast["mu_0"].std()
    )
    assert table.loc[("state", "female"), "observations"] == len(records().teachers)


def test_the_slope_of_class_size():
    assert class_size_slope(SCHOOLS) == pytest.approx(-20)


def test_all_tables_of_a_platform_are_there():
    made = platform(start(), CHOICES)
    tables = platform_tables(made, records().teachers, records().schools)
    text = tables["text_numbers"].set_index("name")["value"]
    assert text["applications"] == len(made.applications) and text["positions"] == 300
    assert text["application_rate"] == pytest.approx(made.pairs["applied"].mean(), abs=1e-8)
    assert text["choice_set_mean"] == pytest.approx(
        len(made.pairs) / len(made.applicants), abs=1e-6
    )
    assert (text["first_year"], text["last_year"]) == (2010, 2019)
    days = tables["outcome_days"].set_index("group")["mean"]
    assert text["notes_earlier_days"] == pytest.approx(days["no_notes"] - days["with_notes"])
    again = text_numbers(made, tables, records().schools)
    pd.testing.assert_frame_equal(again, tables["text_numbers"])
    assert text.notna().all()
