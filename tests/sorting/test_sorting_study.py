"""Tables of a study put together: their labels, identities, and columns with too few rows."""

import logging

import numpy as np
import pandas as pd
import pytest
from sorting_panels import teacher_years, value_added

from welfare_added.sorting.matching import Matches
from welfare_added.sorting.regression_tables import (
    leavers,
    movers_between_regimes,
    regime_designs,
    regime_table,
)
from welfare_added.sorting.salary_tables import (
    deltas_with_errors,
    named_schedules,
    printed_schedule,
    schedule_gaps,
)
from welfare_added.sorting.study import (
    CHARACTERISTICS,
    sample_weights,
    study_panel,
    with_handbook,
    with_outcome,
    with_quality,
)
from welfare_added.sorting.study_comparisons import handbook_comparison, pairs_of, sample_sizes
from welfare_added.sorting.study_events import event_tables, wild_tests
from welfare_added.sorting.study_rules import extreme_percent, mean_quality
from welfare_added.sorting.study_tables import (
    other_sample,
    period_table,
    period_tables,
    randomised,
    regime_tables,
    trend_tests,
)


@pytest.fixture(scope="module")
def everybody():
    frame = teacher_years(1, teachers=700, districts=24, without_handbook=4, moving=0.2)
    chosen = {"outcome": "va_unshrunk", "regressor": "va_printed", "limit": 3}
    return study_panel(frame, value_added(frame), first_post_year=2012, class_years=2, **chosen)


@pytest.fixture(scope="module")
def rows(everybody):
    return with_outcome(with_handbook(everybody))


@pytest.fixture(scope="module")
def matched(rows):
    return {name: 1.0 for name in sorted(rows["district_id"].unique())[:12]}


def test_the_panel_has_both_measures_and_all_districts(everybody):
    assert set(everybody["regime"]) == {"IS", "SS", "none"}
    quality = with_quality(everybody)
    assert "quality" not in quality and quality["value_added"].notna().all()
    known = everybody.dropna(subset=["value_added", "quality"])
    # Without noise that differs, both measures rank teachers alike.
    assert known["value_added"].corr(known["quality"]) == pytest.approx(1.0)
    assert known["value_added"].abs().max() <= 3


def test_another_machines_logarithm_keeps_the_panel(monkeypatch):
    """Processors' logarithms differ in the last digit, and the panel is a file."""
    frame = teacher_years(1, teachers=300, districts=12)
    chosen = {"outcome": "va_unshrunk", "regressor": "va_printed", "limit": 3}
    arguments = frame, value_added(frame)
    years = {"first_post_year": 2012, "class_years": 2}
    usual, exact = study_panel(*arguments, **years, **chosen), np.log
    monkeypatch.setattr(np, "log", lambda one: exact(one) * (1 + np.finfo(float).eps))
    other = study_panel(*arguments, **years, **chosen)
    monkeypatch.undo()
    pd.testing.assert_frame_equal(usual, other, check_exact=True)
    np.testing.assert_allclose(usual["log_salary"], np.log(usual["salary"]), atol=1e-8)


def test_columns_of_regime_tables_are_those_of_their_designs(rows, matched):
    made = regime_tables(rows, matched)
    samples = {"matched": matched, "full": None}
    for name, of in {"movers": movers_between_regimes, "exiters": leavers}.items():
        ends = ["district_id", "origin"] if name == "movers" else ["district_id"]
        whole = regime_table(regime_designs(of(rows), "value_added", samples, ends=ends))
        pd.testing.assert_frame_equal(made[name][1], whole[made[name][1].columns])
    assert list(made["workforce"][1]["sample"]) == ["full", "full", "matched", "matched"]


def test_a_column_with_too_few_rows_is_missing_and_said(rows, caplog):
    few = {name: 1.0 for name in sorted(rows["district_id"].unique())[:2]}
    early = rows[(rows["year"] < 2012) | ~rows["district_id"].isin(few)]
    with caplog.at_level(logging.WARNING):
        designs, table = regime_tables(early, few)["movers"]
    assert set(designs) == {3, 4}
    own = table[table["column"] == 1]
    assert list(own["term"]) == ["individual", "individual_x_post"]
    assert own["estimate"].isna().all() and (own["n"] == 0).all()
    assert "movers, column 1: not estimated: regression of value_added" in caplog.text


def test_a_column_whose_regressors_are_collinear_is_missing_and_said(rows, caplog):
    late = rows[~((rows["regime"] == "IS") & (rows["year"] < 2012))]  # individual: after 2011 alone
    with caplog.at_level(logging.WARNING):
        designs, table = regime_tables(late, {})["exiters"]
    assert 4 not in designs
    own = table[table["column"] == 4]
    assert own["estimate"].isna().all() and list(own["term"]) == ["individual", "individual_x_post"]
    assert "exiters, column 4: not estimated: regression: individual_x_post" in caplog.text


def test_other_samples_number_their_columns_as_printed(rows, matched):
    table = other_sample(rows, matched)
    outcomes = table.drop_duplicates("column").set_index("column")["outcome"]
    assert outcomes.to_dict() == dict(
        zip(range(1, 7), ["movers"] * 2 + ["exiters"] * 2 + ["workforce"] * 2, strict=True)
    )
    assert set(table.loc[table["column"] > 4, "term"]) == {"individual_x_post"}


@pytest.mark.parametrize("group", ["movers", "exiters"])
def test_the_difference_of_a_period_is_that_of_its_series(rows, group):
    table = period_table(rows, group, 2012, 2).set_index(["series", "period"])["value_added"]
    first, second = ("ss_to_is", "is_to_ss") if group == "movers" else ("IS", "SS")
    apart = table["difference"]
    np.testing.assert_allclose(
        apart, (table[first] - table[second]).reindex(apart.index), atol=1e-10
    )
    assert set(trend_tests(rows, 2012, 2)["outcome"]) == {"movers", "exiters", "workforce"}


def test_figures_have_matched_and_all_districts(rows, matched):
    weights = matched | {next(name for name in matched if int(name[1:]) % 2): 3.0}
    made = period_tables(rows, weights, 2012, 2)
    assert set(made) == {"movers_periods", "exiters_periods", "workforce_periods"}
    full = made["exiters_periods"].query("sample == 'full'").drop(columns="sample")
    whole = period_table(rows, "exiters", 2012, 2)
    pd.testing.assert_frame_equal(full.reset_index(drop=True), whole)
    for name, of in {"exiters": leavers, "movers": movers_between_regimes}.items():
        own = of(rows)
        own = own[own["district_id"].isin(list(weights)) & own["year"].isin([2010, 2011])]
        own = own[own["regime"] == "SS"]
        if name == "movers":  # matched ones come from a district of the sample, too
            assert not own["origin"].isin(list(weights)).all()
            own = own[own["origin"].isin(list(weights))]
        table = made[f"{name}_periods"].set_index(["sample", "series", "period"])
        row = table.loc[("matched", "SS" if name == "exiters" else "is_to_ss", 2010)]
        total = own["weight"] * own["district_id"].map(weights)
        assert row["value_added"] == pytest.approx(np.average(own["value_added"], weights=total))
        assert row["n"] == len(own)
    workforce = made["workforce_periods"].set_index(["sample", "regime", "period"])["n"]
    inside = rows[rows["district_id"].isin(list(weights)) & (rows["year"] == 2014)]
    assert workforce["matched"][:, 2014].sum() == len(inside)
    assert workforce["full"][:, 2014].sum() == (rows["year"] == 2014).sum()


def test_periods_without_anybody_in_matched_districts_are_missing(rows, matched):
    late = {name: 1.0 for name in matched}
    gone = (rows["moved"] == 1) & rows["district_id"].isin(list(late)) & (rows["regime"] == "SS")
    table = period_tables(rows[~(gone & (rows["year"] <= 2011))], late, 2012, 2)["movers_periods"]
    table = table.set_index(["sample", "series", "period"])
    assert (table.loc["full"].index == table.loc["matched"].index).all()
    for series in ("is_to_ss", "difference"):
        row = table.loc[("matched", series, 2010)]
        assert np.isnan(row["value_added"]) and row["n"] == 0
        assert row["years"] == table.loc[("full", series, 2010), "years"]
    assert table.loc[("full", "is_to_ss", 2010), "n"] > 0
    assert np.isfinite(table.loc[("matched", "is_to_ss", 2012), "value_added"])


def test_differences_after_the_reform_average_to_those_of_the_table(rows, matched):
    """Table 8, matched sample, has IS and IS x post; figure 6 has it by period."""
    own = rows[rows["year"].isin([2010, 2011, 2012, 2013])]
    own = own.assign(year=2010 + 2 * (own["year"] > 2011))  # effects of years are those of periods
    table = regime_tables(own, matched)["exiters"][1]
    first = table[table["column"] == 1].set_index("term")["estimate"]
    periods = period_tables(own, matched, 2012, 2)["exiters_periods"]
    apart = periods.query("sample == 'matched' and series == 'difference'").set_index("period")
    assert apart.loc[2010, "value_added"] == pytest.approx(first["individual"])
    assert apart.loc[2012, "value_added"] == pytest.approx(first.sum())


def test_a_difference_that_cannot_be_estimated_is_absent_and_said(rows, caplog):
    alone = {name: 1.0 for name in rows["district_id"].unique() if int(name[1:]) % 2 == 0}
    with caplog.at_level(logging.WARNING):
        table = period_table(rows, "exiters", 2012, 2, alone)
    assert set(table["series"]) == {"IS"}
    assert "differences of exiters by period: not estimated" in caplog.text


def test_a_period_of_one_regime_has_no_difference(rows, caplog):
    lone = rows[(rows["year"] != 2014) | (rows["regime"] == "IS")]
    with caplog.at_level(logging.WARNING):
        table = period_table(lone, "movers", 2012, 2)
    last = table[table["period"] == 2014]
    assert list(last["series"]) == ["ss_to_is"]
    assert "movers: 1 periods with one regime alone" in caplog.text


def test_trends_are_tested_among_periods_of_both_regimes(rows, caplog):
    first = rows["year"].isin([2006, 2007]) & (rows["moved"] == 1) & (rows["regime"] == "IS")
    whole = trend_tests(rows, 2012, 2).set_index(["outcome", "test"])
    with caplog.at_level(logging.WARNING):
        made = trend_tests(rows[~first], 2012, 2).set_index(["outcome", "test"])
    assert "movers: 1 periods with one regime alone" in caplog.text
    freedom = [one.loc[("movers", "equal"), "freedom"] for one in (whole, made)]
    assert freedom == [2, 1]  # of three periods before, of two
    later = trend_tests(rows[rows["year"] > 2007], 2012, 2).set_index(["outcome", "test"])
    assert made.loc["movers"]["statistic"].tolist() == pytest.approx(
        later.loc["movers"]["statistic"].tolist()
    )


def test_trends_that_cannot_be_tested_are_missing_and_said(rows, caplog):
    late = rows[(rows["year"] >= 2010) | (rows["regime"] == "IS")]
    with caplog.at_level(logging.WARNING):
        made = trend_tests(late, 2012, 2)
    assert "trends of movers: not tested: trends before the reform: want two" in caplog.text
    assert made["outcome"].tolist() == ["movers"] * 2 + ["exiters"] * 2 + ["workforce"] * 2
    assert made[["statistic", "p", "freedom", "slope"]].isna().all(axis=None)


def test_events_are_tested_by_the_bootstrap_column_by_column(everybody, rows, matched):
    made = event_tables(with_handbook(everybody), rows, matched)
    assert list(made) == [
        *("movers_incumbents", "movers_salaries", "exiters_stayers", "exiters_salaries")
    ]
    designs = {name: one for name, (one, _) in made.items()}
    tests = wild_tests(designs, weights="webb", replications=19, seed=1)
    assert list(zip(tests["table"], tests["column"], strict=True)) == [
        ("movers_incumbents", 4),
        ("movers_incumbents", 5),
        ("exiters_stayers", 4),
        ("exiters_stayers", 5),
    ]
    for row in tests.itertuples():
        table = made[row.table][1]
        own = table[(table["column"] == row.column) & (table["term"] == row.term)]
        assert own["estimate"].iloc[0] == pytest.approx(row.estimate)


def test_randomised_regimes_begin_with_the_printed_coefficient(rows):
    regime = rows.drop_duplicates("district_id").set_index("district_id")["regime"].sort_index()
    treated, controls = (regime.index[regime == one] for one in ("IS", "SS"))
    number = min(len(treated), len(controls)) - 1  # some movers come from elsewhere
    pairs = pd.DataFrame({"district_id": treated[:number], "matched_id": controls[:number]})
    own = dict.fromkeys([*treated[:number], *controls[:number]], 1.0)
    table = randomised(rows, Matches(pairs, ()), replications=3, seed=1).set_index("outcome")
    for name, of in {"movers": movers_between_regimes, "exiters": leavers}.items():
        ends = ["district_id", "origin"] if name == "movers" else ["district_id"]
        designs = regime_designs(of(rows), "value_added", {"matched": own}, ends=ends)
        printed = regime_table(designs).query("column == 1 and term == 'individual_x_post'")
        assert table.loc[name, "observed"] == pytest.approx(printed["estimate"].iloc[0])
    assert (table["failed"] == 0).all()


def test_samples_come_back_from_the_table_of_their_pairs(everybody):
    pairs = pd.DataFrame(
        {"district_id": ["d000", "d002"], "matched_id": ["d005"] * 2, "distance": 1.0, "tied": 0}
    )
    table = pairs_of({"matched": Matches(pairs, ()), "other": Matches(pairs[:1], ())})
    weights = sample_weights(table, "frequency")
    assert weights["matched"] == {"d000": 1.0, "d002": 1.0, "d005": 2.0}
    assert weights["other"] == {"d000": 1.0, "d005": 1.0}
    sizes = sample_sizes(sample_weights(table, "set"), everybody).set_index("sample")
    assert sizes.loc["other", "districts"].sum() == 2


def test_districts_without_a_handbook_come_first_as_printed():
    regime = ["none", "none", "IS", "SS", "IS"]
    rows = pd.DataFrame({"district_id": list("abcde"), "regime": regime})
    rows = rows.assign(**{name: [1.0, 3, 7, 8, 12] for name in CHARACTERISTICS})
    table = handbook_comparison(rows).set_index("variable")
    assert table.loc["salary", ["first_mean", "second_mean", "difference"]].tolist() == [2, 9, -7]
    assert table.loc["salary", ["districts_first", "districts_second"]].tolist() == [2, 3]


def test_the_error_of_a_mean_delta_by_hand():
    table = pd.DataFrame(
        {
            "district_id": list("abc"),
            "period": "after",
            "regime": "IS",
            "delta": [100.0, 400.0, np.nan],
            "standard_error": [30.0, 40.0, np.nan],
            "n": [10, 30, 5],
            "teachers": 5,
        }
    )
    made = deltas_with_errors(table).iloc[0]
    assert made["mean"] == pytest.approx(325.0)
    assert made["standard_error"] == pytest.approx(np.sqrt(300.0**2 + 1200.0**2) / 40)
    assert made["not_identified"] == 1


def test_schedules_are_labelled_by_the_years_of_their_classes():
    frame = pd.DataFrame(
        {
            "district_id": "a",
            "degree": "MA",
            "year": [2007, 2011, 2009],
            "post": 0.0,
            "seniority": [4.5, 5.0, 6.9],
            "seniority_class": [1.0, 2.0, 2.0],
            "salary": [1.0, 2.0, 4.0],
            "schedule": [1.0, 3.0, np.nan],
        }
    )
    periods = {"before": (2007, 2011), "after": (2012, 2014)}
    earlier = frame.assign(year=2006, salary=9.0)  # in neither period
    made = named_schedules(pd.concat([frame, earlier]), {"racine": "a"}, periods, 35, 2)
    assert list(made["seniority"]) == ["3-4", "5-6"] and list(made["median"]) == [1.0, 3.0]
    assert set(made["district"]) == {"racine"} and list(made["first_year"]) == [3, 5]
    gaps = schedule_gaps(frame, 2)
    assert list(gaps["schedule"]) == [1.0, 3.0] and list(gaps["n"]) == [1, 1]
    lanes = printed_schedule({"ba": [10, 11], "ma": [12, 13]})
    assert lanes.to_dict("list") == {"step": [1, 2], "ba": [10, 11], "ma": [12, 13]}


def test_extreme_teachers_and_the_mean_of_a_district(everybody):
    people = pd.DataFrame(
        {"teacher_id": range(50), "subject": "math", "level": "all", "shrinkage": 1.0}
    )
    people["va_printed"] = [0.0] * 49 + [9.0]
    assert extreme_percent(people, "va_printed", 3) == pytest.approx(2.0)
    own = everybody[(everybody["district_id"] == "d006") & (everybody["year"] == 2012)]
    assert mean_quality(everybody, "d006", 2012) == pytest.approx(own["quality"].mean())
