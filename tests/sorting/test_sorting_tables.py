"""Difference-in-differences tables, event studies, trends and scores: planted, and identities."""

import numpy as np
import pandas as pd
import pytest
from sorting_panels import PERIODS, regimes, teacher_years, value_added

from welfare_added.pay.schedules import seniority_class as pay_class
from welfare_added.run.errors import UserError
from welfare_added.sorting.design import design
from welfare_added.sorting.event_study import event_study
from welfare_added.sorting.panel import (
    of_sample,
    one_value_added,
    prepare,
    seniority_class,
    two_year_periods,
    with_origin,
    with_value_added,
)
from welfare_added.sorting.regression import least_squares, solve
from welfare_added.sorting.regression_tables import (
    event_designs,
    event_table,
    leavers,
    movers_between_regimes,
    regime_designs,
    regime_table,
    subject_premia,
)
from welfare_added.sorting.scores import (
    cell_value_added,
    mean_scores,
    score_designs,
    score_table,
    standardised_scores,
)
from welfare_added.sorting.study_scores import score_means
from welfare_added.sorting.trends import (
    against_schedule,
    coverage,
    mean_value_added,
    moving_shares,
    regime_shares,
    schedule_by_seniority,
    state_flows,
    teacher_summary,
    years_of_periods,
)

YEAR = {"first_post_year": 2012}


@pytest.fixture(scope="module")
def panel():
    return prepare(
        teacher_years(1, teachers=900, districts=30, without_handbook=4), class_years=2, **YEAR
    )


@pytest.fixture(scope="module")
def with_va(panel):
    one = one_value_added(value_added(panel), "va_unshrunk", limit=3)
    return with_value_added(panel, one)


def test_preparation(panel):
    assert set(panel["regime"]) == {"IS", "SS"}
    assert (panel["post"] == (panel["year"] >= 2012)).all()
    assert (panel["individual_x_post"] == panel["individual"] * panel["post"]).all()
    row = panel.iloc[17]
    number = max(0, -(-int(row["seniority"]) // 2) - 1)  # the third class has years 5 and 6
    assert row["schedule_cell"] == f"{number} {row['degree']}"
    everyone = prepare(
        teacher_years(1, teachers=900, districts=30, without_handbook=4),
        class_years=2,
        without_handbook=True,
        **YEAR,
    )
    assert len(everyone) > len(panel) and set(everyone["regime"]) == {"IS", "SS", "none"}
    years = np.array([0, 1.9, 2, 2.9, 3, 5, 6.9, 7, 29.5])
    assert seniority_class(years, 2).tolist() == [0, 0, 0, 0, 1, 2, 2, 3, 14]
    np.testing.assert_array_equal(seniority_class(years, 2) + 1, pay_class(years, 2))
    assert np.isnan(seniority_class(np.array([np.nan]), 2)).all()


def test_origins_are_of_the_year_before_alone():
    rows = pd.DataFrame(
        {
            "teacher_id": ["a", "a", "a", "b"],
            "year": [2008, 2009, 2011, 2009],
            "district_id": ["x", "y", "x", "x"],
            "regime": ["IS", "none", "IS", "IS"],
        }
    )
    made = with_origin(rows).set_index(["teacher_id", "year"])
    assert made.loc[("a", 2009), "origin"] == "x" and made.loc[("a", 2009), "origin_regime"] == "IS"
    assert made["origin"].isna().sum() == 3  # gaps say nothing
    with pytest.raises(UserError, match="1 rows repeat a teacher's year"):
        with_origin(pd.concat([rows, rows.head(1)]))


def test_periods_end_before_the_reform():
    years = pd.Series(range(2006, 2016))
    periods = two_year_periods(years, 2012).tolist()
    assert periods == [2006, 2006, 2008, 2008, 2010, 2010, 2012, 2012, 2014, 2014]
    rows = pd.DataFrame({"year": years, "period": periods}).iloc[1:-1]  # no moves in the first
    wanted = ["2007", "2008-09", "2010-11", "2012-13", "2014"]
    assert years_of_periods(rows).tolist() == wanted


def test_value_added_is_standardised_by_subject_and_averaged():
    rows = pd.DataFrame(
        {
            "teacher_id": ["a", "b", "c", "a", "b"],
            "subject": ["math"] * 3 + ["reading"] * 2,
            "level": "elementary",
            "va": [1.0, 2.0, 3.0, 10.0, 30.0],
            "shrinkage": [0.5, 0.5, 0.5, 1.5, 0.5],
        }
    )
    made = one_value_added(rows, "va").set_index("teacher_id")
    z = np.sqrt(1.5)
    means = np.array([(-z * 0.5 - 1 * 1.5) / 2, (0 * 0.5 + 1 * 0.5) / 1, z])
    want = (means - means.mean()) / means.std()
    np.testing.assert_allclose(made.loc[["a", "b", "c"], "value_added"], want, rtol=1e-12)
    assert made.loc["a", "weight"] == 1.0
    assert len(one_value_added(rows, "va", limit=1.0)) == 1
    with pytest.raises(UserError, match="does not vary in 2 rows"):
        one_value_added(rows.assign(va=[1, 2, 3, 4, 4.0]), "va")
    with pytest.raises(UserError, match="5 of zero or less"):
        one_value_added(rows.assign(shrinkage=0.0), "va")


def planted(with_va, effect, noise=0.05, seed=0):
    """Outcome: regimes' means by year, and an effect where given."""
    rng = np.random.default_rng(seed)
    return with_va.assign(
        outcome=0.1 * (with_va["year"] - 2010) + effect + noise * rng.normal(size=len(with_va))
    )


def test_eq_3_recovers_what_is_planted_among_movers(with_va):
    made = planted(with_va, 0.2 * with_va["individual"] + 0.35 * with_va["individual_x_post"])
    movers = movers_between_regimes(made)
    assert (movers["regime"] != movers["origin_regime"]).all() and (movers["moved"] == 1).all()
    table = regime_table(regime_designs(movers, "outcome", {"full": None}))
    assert table["column"].unique().tolist() == [1, 2]
    for controls in (False, True):
        own = table[table["controls"] == controls].set_index("term")
        for term, truth in {"individual": 0.2, "individual_x_post": 0.35}.items():
            row = own.loc[term]
            assert row["estimate"] == pytest.approx(truth, abs=4 * row["standard_error"])
            assert row["standard_error"] < 0.05


def test_districts_effects_take_the_place_of_the_regime(with_va):
    made = planted(with_va, 0.3 * with_va["individual_x_post"] + with_va["individual"])
    designs = regime_designs(made, "outcome", {"full": None}, district_effects=True)
    table = regime_table(designs)
    assert set(table["term"]) == {"individual_x_post"}
    row = table.iloc[0]
    assert row["estimate"] == pytest.approx(0.3, abs=4 * row["standard_error"])


def sample_of(panel):
    """A sample of half of the schedule districts, some with weight two."""
    own = regimes(panel)
    kept = sorted(name for name, regime in own.items() if regime == "SS")[::2]
    weights = {name: 1.0 for name, regime in own.items() if regime == "IS"}
    return weights | {name: 1.0 + (k % 2) for k, name in enumerate(kept)}


@pytest.mark.parametrize("event", ["moved", "exits"])
@pytest.mark.parametrize("teacher_effects", [False, True])
def test_eqs_4_to_6_recover_what_is_planted(with_va, event, teacher_effects):
    flag = with_va[event].fillna(0)
    truth = {
        event: -0.05,
        "event_x_post": 0.02,
        "individual_x_post": -0.01,
        "event_x_individual": 0.03,
        "event_x_individual_x_post": 0.11,
    }
    effect = (
        truth[event] * flag
        + truth["event_x_post"] * flag * with_va["post"]
        + truth["individual_x_post"] * with_va["individual_x_post"]
        + truth["event_x_individual"] * flag * with_va["individual"]
        + truth["event_x_individual_x_post"] * flag * with_va["individual_x_post"]
    )
    person = with_va["va"] if teacher_effects else 0.0
    made = planted(with_va, effect + person, noise=0.02)
    sample = sample_of(with_va)
    designs = event_designs(made, "outcome", event, sample, teacher_effects=teacher_effects)
    table = event_table(designs)
    for column in (4, 5):
        own = table[table["column"] == column].set_index("term")
        for term, value in truth.items():
            row = own.loc[term]
            assert row["estimate"] == pytest.approx(value, abs=4.5 * row["standard_error"]), term
            assert row["standard_error"] < 0.02
    one = table[table["column"] == 1].set_index("term")
    want = truth[event] + truth["event_x_individual"]
    assert one.loc[event, "estimate"] == pytest.approx(want, abs=0.02)
    clusters = table.groupby("column")["clusters"].first()
    ss = sum(regime == "SS" for regime in regimes(with_va).values())
    assert clusters[3] == ss and clusters[2] == -(-ss // 2)
    assert (
        table["missing"].iloc[0] > 0
    )  # rows of the year in which nobody is known to have moved or left


def test_the_joint_column_is_the_separate_ones_up_to_shared_effects(with_va):
    """With effects of years and cells for each regime column 5 has columns 1 and 3 exactly."""
    rows = with_va.assign(
        year_of=with_va["regime"] + with_va["year"].astype(str),
        cell_of=with_va["regime"] + with_va["schedule_cell"],
        event_x_post=with_va["moved"] * with_va["post"],
        of_is=with_va["moved"] * with_va["individual"],
        of_is_post=with_va["moved"] * with_va["individual_x_post"],
    )
    joint = least_squares(
        rows,
        "value_added",
        ["moved", "event_x_post", "of_is", "of_is_post"],
        cluster="district_id",
        effects=["district_id", "year_of", "cell_of"],
        weights="weight",
    )
    table = event_table(
        event_designs(with_va, "value_added", "moved", None, teacher_effects=False, weight="weight")
    )
    table = table.set_index(["column", "term"])["estimate"]
    for term, place in {"moved": 0, "event_x_post": 1}.items():
        assert joint.estimate[place] == pytest.approx(table[3, term], rel=1e-8)
        assert joint.estimate[place] + joint.estimate[place + 2] == pytest.approx(
            table[1, term], rel=1e-8
        )


def test_a_sample_of_weights_two_is_rows_twice(with_va):
    sample = sample_of(with_va)
    rows = of_sample(with_va, sample)
    twice = pd.concat([rows, rows[rows["district_weight"] == 2]])
    one = least_squares(
        rows,
        "value_added",
        ["individual", "individual_x_post"],
        cluster="district_id",
        effects=["year"],
        weights="district_weight",
    )
    two = least_squares(
        twice,
        "value_added",
        ["individual", "individual_x_post"],
        cluster="district_id",
        effects=["year"],
    )
    np.testing.assert_allclose(one.estimate, two.estimate, rtol=1e-9)
    table = regime_table(regime_designs(with_va, "value_added", {"m": sample}, weight=None))
    assert table["estimate"].tolist()[:2] == pytest.approx(one.estimate.tolist(), rel=1e-9)


# ---- event studies ----


def test_the_single_post_coefficient_is_the_weighted_mean_of_the_periods(with_va):
    study = event_study(leavers(with_va), "value_added", weight="weight", **YEAR)
    rows = leavers(with_va)
    rows = rows.assign(period=two_year_periods(rows["year"], 2012))
    fit = least_squares(
        rows,
        "value_added",
        ["individual", "individual_x_post"],
        cluster="district_id",
        effects=["period"],
        weights="weight",
    )
    assert study.single_post() == pytest.approx(fit.estimate[1], rel=1e-9)
    table = study.tidy()
    assert table["period"].tolist() == [2006, 2008, 2010, 2012] + [2014] * (len(table) > 4)
    for row in table.itertuples():
        part = rows[rows["period"] == row.period]
        means = [
            np.average(
                part.loc[part["individual"] == side, "value_added"],
                weights=part.loc[part["individual"] == side, "weight"],
            )
            for side in (1, 0)
        ]
        assert row.estimate == pytest.approx(means[0] - means[1], rel=1e-9)
        sums = part.groupby("individual")["weight"].sum()
        assert row.weight == pytest.approx(sums[0] * sums[1] / sums.sum(), rel=1e-9)


def test_trends_before_are_found_where_planted_and_not_where_none_is(with_va):
    slope = 0.05 * (with_va["year"] - 2008) * with_va["individual"]
    trend = event_study(planted(with_va, slope, 0.3), "outcome", **YEAR).trends_before()
    assert (trend["p"] < 1e-4).all()
    linear = trend.set_index("test").loc["linear"]
    assert linear["slope"] == pytest.approx(0.05, abs=0.02) and linear["freedom"] == 1
    assert trend["freedom"].tolist() == [2, 1]
    low = []
    for seed in range(60):
        none = event_study(planted(with_va, 0.0, 0.3, seed), "outcome", **YEAR).trends_before()
        low.append((none["p"] < 0.1).to_numpy())
    assert (np.abs(np.mean(low, axis=0) - 0.1) < 4 * np.sqrt(0.09 / 60)).all()


def test_event_study_refusals(with_va):
    lone = with_va[(with_va["year"] > 2007) | (with_va["regime"] == "IS")]
    with pytest.raises(UserError, match="only one regime in the period from 2006"):
        event_study(lone, "value_added", **YEAR)
    late = with_va[with_va["year"] >= 2010]
    with pytest.raises(UserError, match="two periods or more"):
        event_study(late, "value_added", **YEAR).trends_before()


# ---- trends ----


def test_shares_by_hand(panel):
    table = moving_shares(panel)
    year = panel[(panel["year"] == 2010) & panel["moved"].notna()]
    count = (
        (year["moved"] == 1) & (year["origin_regime"] == "SS") & (year["regime"] == "IS")
    ).sum()
    row = table.query("origin_regime == 'SS' and regime == 'IS' and year == 2010").iloc[0]
    assert row["movers"] == count > 0 and row["share"] == count / len(year)
    assert 2006 not in set(table["year"])  # nobody is known to have moved in the first year
    exits = regime_shares(panel, "exits")
    assert 2014 not in set(exits["year"])  # nor to leave in the last
    flows = state_flows(panel)
    assert set(flows["flow"]) == {"entering", "moving", "leaving"}
    assert (flows["share"] <= 1).all() and (flows["events"] <= flows["teachers"]).all()


def test_exits_of_either_regime_are_shares_of_all_teachers_of_the_year():
    """Notes of figures 5 and A9: one denominator, whatever rows there are."""
    flags = {"IS": [1.0, 0.0, 0.0], "SS": [0.0, 0.0], "none": [1.0, 0.0, 0.0, np.nan]}
    rows = [(regime, 2009, flag) for regime, of in flags.items() for flag in of]
    rows += [("IS", 2010, 1.0), ("SS", 2010, 1.0), ("IS", 2011, np.nan)]
    frame = pd.DataFrame(rows, columns=["regime", "year", "exits"])
    table = regime_shares(frame, "exits").set_index(["regime", "year"])
    assert table.loc[("IS", 2009)].tolist() == [1, 8, 1 / 8]  # one is not known to stay
    assert table.loc[("SS", 2009)].tolist() == [0, 8, 0.0]
    assert table.loc[("SS", 2010)].tolist() == [1, 2, 0.5]
    assert len(table) == 4


def test_table_1_by_hand(panel):
    table = teacher_summary(panel, 2012).set_index(["period", "variable"])
    before = panel[panel["year"] < 2012]
    assert table.loc[("before", "salary"), "mean"] == pytest.approx(before["salary"].mean())
    assert table.loc[("before", "MA"), "mean"] == pytest.approx((before["degree"] == "MA").mean())
    assert table.loc[("before", "moved"), "n"] == before["moved"].notna().sum()
    assert table.loc[("all", "exits"), "standard_deviation"] == pytest.approx(panel["exits"].std())
    assert table.loc[("all", "female"), "teachers"] == panel["teacher_id"].nunique()


def test_figures_1_7_a2_and_a10(panel, with_va):
    made = schedule_by_seniority(panel, ["d004", "d005"], "MA", 20)
    row = made.iloc[3]
    own = panel[
        (panel["district_id"] == row["district_id"])
        & (panel["post"] == row["post"])
        & (panel["degree"] == "MA")
        & (panel["seniority_class"] == row["seniority_class"])
        & (panel["seniority"] < 20)
    ]["salary"]
    assert (
        row[["lower", "median", "upper"]].tolist() == np.quantile(own, [0.25, 0.5, 0.75]).tolist()
    )
    means = mean_value_added(with_va, ["regime", "year"])
    part = with_va[(with_va["regime"] == "IS") & (with_va["year"] == 2012)]
    row = means.query("regime == 'IS' and year == 2012").iloc[0]
    assert row["value_added"] == pytest.approx(
        np.average(part["value_added"], weights=part["weight"])
    )
    some = value_added(panel).iloc[::2]
    counts = coverage(panel, some)
    assert counts["with_value_added"].sum() == panel["teacher_id"].isin(some["teacher_id"]).sum()
    assert (counts["with_value_added"] + counts["without"]).sum() == len(panel)
    rows = pd.DataFrame({"salary": [100.0, 101, 95, 110], "schedule": [100.0, 100, 100, np.nan]})
    table = against_schedule(rows, 1.0).set_index("place")
    assert table["teachers"].tolist() == [2, 1, 0]
    assert table.loc["below", "mean_gap"] == pytest.approx(-0.05)
    assert np.isnan(table.loc["above", "mean_gap"])


def test_subject_premia(panel):
    taught = {"math": ["math"], "technology": ["technology"], "esl": ["esl"]}
    bonus = (
        0.05 * (panel["subject"] == "math")
        + 0.03 * (panel["subject"] == "esl") * panel["individual_x_post"]
    )
    made = subject_premia(
        panel.assign(log_salary=panel["log_salary"] + bonus),
        taught,
        effects=["year", "district_id", "schedule_cell"],
    ).set_index(["column", "term"])
    for key, truth in {
        (1, "math"): 0.05,
        (2, "math"): 0.05,
        (1, "esl_x_post"): 0.03,
        (2, "esl_x_post"): 0.0,
        (3, "esl_x_individual_x_post"): 0.03,
        (3, "technology_x_individual"): 0.0,
    }.items():
        row = made.loc[key]
        assert row["estimate"] == pytest.approx(truth, abs=4 * row["standard_error"]), key
        assert row["standard_error"] < 0.01
    with pytest.raises(UserError, match="nobody of regime IS, SS teaches art"):
        subject_premia(panel, {"art": ["art"]}, effects=["year"])


# ---- scores ----


def cells(seed, effort=0.0, schools=40):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [range(schools), (3, 4, 5), range(2007, 2015), ("math", "reading")],
        names=["school", "grade", "year", "subject"],
    )
    made = index.to_frame(index=False)
    district = made["school"] // 2
    individual = district % 2 == 0
    made["district_id"] = "d" + district.map("{:03d}".format)
    made["school_id"] = "s" + made["school"].astype(str)
    made["n_pupils"] = rng.integers(20, 90, len(made))
    truth = 0.2 * rng.normal(size=schools)[made["school"]] + 0.02 * (made["year"] - 2007)
    truth += effort * individual * (made["year"] >= 2012) * (made["subject"] == "math")
    score = truth + 0.05 * rng.normal(size=len(made))
    scale = 40 + made["grade"]
    made["mean_score"] = 400 + 10 * made["grade"] + scale * score
    made["sd_score"] = scale * 0.97
    regime = {
        name: ("IS" if int(name[1:]) % 2 == 0 else "SS") for name in made["district_id"].unique()
    }
    return made, regime


def test_scores_are_in_the_base_years_units():
    made, _ = cells(0)
    table = standardised_scores(made, 2007)
    base = table[(table["year"] == 2007) & (table["subject"] == "math") & (table["grade"] == 4)]
    assert np.average(base["score"], weights=base["n_pupils"]) == pytest.approx(0, abs=1e-12)
    # Pupils drawn again from normal laws of the cells have an SD of one.
    raw = base["mean_score"]
    total = np.average(
        (raw - np.average(raw, weights=base["n_pupils"])) ** 2, weights=base["n_pupils"]
    )
    unit = (raw.iloc[1] - raw.iloc[0]) / (base["score"].iloc[1] - base["score"].iloc[0])
    assert unit == pytest.approx(np.sqrt(total + (44 * 0.97) ** 2), rel=1e-9)


def test_scores_without_spread_of_pupils_are_refused_or_in_sds_of_cells():
    made, _ = cells(0)
    without = made.drop(columns="sd_score")
    with pytest.raises(UserError, match=r"cells, column sd_score: no such column"):
        standardised_scores(without, 2007)
    table = standardised_scores(without, 2007, "cells")
    base = table[(table["year"] == 2007) & (table["subject"] == "math") & (table["grade"] == 4)]
    assert np.average(base["score"] ** 2, weights=base["n_pupils"]) == pytest.approx(1)
    some = made.assign(sd_score=made["sd_score"].where(made["grade"] > 3))
    with pytest.raises(UserError, match=r"of 2007 for grade 3, subject math .*sorting.score_year"):
        standardised_scores(some, 2007)
    with pytest.raises(UserError, match=r"no mean and SD of 1999"):
        standardised_scores(made, 1999)


def test_districts_that_are_matched_twice_count_twice_in_scores():
    """matching.weights: frequency, in eq. 7 and figure 8 as in the other tables."""
    made, own = cells(3, effort=0.06)
    quality = np.random.default_rng(3).normal(size=len(made))
    scored = standardised_scores(made, 2007).assign(mean_value_added=quality)
    twice = next(name for name, regime in own.items() if regime == "SS")
    left_out = next(name for name, regime in reversed(own.items()) if regime == "SS")
    weights = {name: 2.0 if name == twice else 1.0 for name in own if name != left_out}
    found = solve(score_designs(scored, own, 2012, districts=weights)["math", "none"])
    rows = scored[(scored["subject"] == "math") & (scored["district_id"] != left_out)]
    rows = rows.assign(
        weight=rows["district_id"].map(weights),
        individual_x_post=((rows["district_id"].map(own) == "IS") & (rows["year"] >= 2012)) * 1.0,
    )
    effects = ["school_id", "grade", "year"]
    expected = least_squares(
        rows, "score", ["individual_x_post"], cluster="school_id", effects=effects, weights="weight"
    )
    np.testing.assert_allclose(found.estimate, expected.estimate, rtol=1e-9)
    alike = least_squares(
        rows, "score", ["individual_x_post"], cluster="school_id", effects=effects
    )
    assert abs(found.estimate[0] - alike.estimate[0]) > 1e-4
    mean = mean_scores(scored, own, weights).set_index(["subject", "regime", "year"])
    part = rows[(rows["district_id"].map(own) == "SS") & (rows["year"] == 2010)]
    row = mean.loc[("math", "SS", 2010)]
    assert row["score"] == pytest.approx(
        np.average(part["score"], weights=part["n_pupils"] * part["weight"])
    )
    assert row["pupils"] == part["n_pupils"].sum() and row["cells"] == len(part)
    districts = pd.Series(own).rename_axis("district_id").reset_index(name="regime")
    both = score_means(scored, districts, weights).set_index("sample")
    pd.testing.assert_frame_equal(both.loc["matched"].reset_index(drop=True), mean.reset_index())
    pd.testing.assert_frame_equal(both.loc["full"].reset_index(drop=True), mean_scores(scored, own))


def test_eq_7_recovers_effort_and_controls_take_up_composition():
    made, own = cells(1, effort=0.06)
    rng = np.random.default_rng(5)
    people = pd.DataFrame(
        {
            "teacher_id": [f"t{k}" for k in range(len(made))],
            "value_added": rng.normal(size=len(made)),
        }
    )
    links = made[["school_id", "grade", "year", "subject"]].assign(
        teacher_id=people["teacher_id"].to_numpy(), share=1.0
    )
    quality = cell_value_added(links, people)
    assert (quality["covered"] == 1).all()
    shares = quality[[f"share_quartile_{q}" for q in (2, 3, 4)]]
    assert shares.mean().tolist() == pytest.approx([0.25] * 3, abs=0.01)
    scored = standardised_scores(made, 2007).merge(
        quality, on=["school_id", "grade", "year", "subject"]
    )
    scored["score"] += 0.1 * scored["mean_value_added"]
    for controls in ("mean", "quartiles"):
        table = score_table(score_designs(scored, own, 2012, controls=controls))
        effort = table[table["term"] == "individual_x_post"].set_index(["subject", "controls"])
        for kind in ("none", controls):
            row = effort.loc[("math", kind)]
            assert row["estimate"] == pytest.approx(0.06, abs=4 * row["standard_error"])
            row = effort.loc[("reading", kind)]
            assert row["estimate"] == pytest.approx(0.0, abs=4 * row["standard_error"])
        assert (
            effort.loc[("math", controls), "standard_error"]
            < effort.loc[("math", "none"), "standard_error"]
        )
        assert effort.loc[("all", "none"), "clusters"] == 40
    mean = table[table["term"] == "share_quartile_4"].set_index(["subject", "controls"])
    assert mean.loc[("math", "quartiles"), "estimate"] > 0.15
    by_district = score_table(score_designs(scored, own, 2012, cluster="district_id"))
    assert by_district["clusters"].max() == 20
    means = mean_scores(scored, own)
    assert len(means) == 2 * 2 * 8
    with pytest.raises(UserError, match="want none, mean, quartiles"):
        score_designs(scored, own, 2012, controls="terciles")


def test_cells_of_two_teachers():
    links = pd.DataFrame(
        {
            "school_id": "s",
            "grade": 3,
            "year": 2010,
            "subject": "math",
            "teacher_id": ["a", "b", "new"],
            "share": [0.5, 0.25, 0.25],
        }
    )
    one = pd.DataFrame({"teacher_id": ["a", "b", "c", "d"], "value_added": [-1.0, 2.0, 0.0, 0.5]})
    row = cell_value_added(links, one).iloc[0]
    assert row["mean_value_added"] == pytest.approx((-0.5 + 0.5) / 0.75)
    assert row["covered"] == 0.75
    assert row[["share_quartile_2", "share_quartile_3"]].tolist() == [0, 0]
    assert row["share_quartile_4"] == pytest.approx(1 / 3)


def test_prepare_refusals():
    frame = teacher_years(0, teachers=20, districts=3)
    with pytest.raises(UserError, match="no row is IS or SS"):
        prepare(frame.assign(regime="none"), class_years=2, **YEAR)
    with pytest.raises(UserError, match=r"column salary: 1 of zero or less"):
        prepare(
            frame.assign(salary=frame["salary"].where(frame.index > 0, 0.0)), class_years=2, **YEAR
        )


def test_designs_serve_other_tests(with_va):
    """The workflow takes the designs of a table for wild bootstraps."""
    own = regime_designs(movers_between_regimes(with_va), "value_added", {"full": None})
    assert set(own) == {("full", False), ("full", True)}
    again = design(
        movers_between_regimes(with_va).assign(w=lambda f: f["weight"]),
        "value_added",
        ["individual", "individual_x_post"],
        cluster="district_id",
        effects=["year"],
        weights="w",
    )
    np.testing.assert_allclose(
        solve(again).estimate, solve(own["full", False]).estimate, rtol=1e-12
    )
    assert PERIODS["after"][0] == 2012
