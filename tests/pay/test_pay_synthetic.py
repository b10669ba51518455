"""The synthetic state: its inputs within sampling error, its rule of behaviour, its bytes."""

import hashlib
import itertools

import numpy as np
import pandas as pd
import pytest
from pay_world import CHOICES, INPUTS, LAYOUT, PARAMETERS, as_raw, records, state

from welfare_added.district.values import check_values
from welfare_added.pay.calibration_table import Made, calibration_table, lines_within, printed
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.distances import distance_miles
from welfare_added.pay.preparation import prepare
from welfare_added.pay.schedules import seniority_class
from welfare_added.pay.state_facts import state_facts
from welfare_added.pay.synthetic_moves import EXITS, STAYS, PanelRule, Situation, StructuralRule
from welfare_added.pay.synthetic_schedules import logistic
from welfare_added.pay.synthetic_state import synthesise_state
from welfare_added.run.errors import UserError
from welfare_added.run.writing import write_csv

SEEDS = range(1, 7)
WORLDS = ("panel", "table_13")


@pytest.mark.parametrize("world", PARAMETERS["worlds"])
def test_tables_are_as_declared(world):
    made = state("tiny", world)
    assert list(made.tables) == list(LAYOUT.tables)
    for name, table in made.tables.items():
        assert list(table) == [one for one in LAYOUT.tables[name].columns if one in table]
    check_values(as_raw(made.tables))


def test_no_table_holds_the_truth():
    made = state()
    hidden = {"value_added", "math", "lag", "delta", "credited", "value_pay", "teachers", "base"}
    for table in made.tables.values():
        assert not hidden & set(table)


def digest(seed: int, world: str, folder) -> dict[str, str]:
    made = synthesise_state(INPUTS, PARAMETERS, size="tiny", world=world, seed=seed)
    found = {}
    for name, table in {**made.tables, **{f"true_{k}": v for k, v in made.truth.items()}}.items():
        write_csv(table, folder / f"{name}.csv")
        found[name] = hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest()
    return found


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_seed_gives_the_same_bytes(tmp_path, world):
    one = digest(3, world, tmp_path)
    assert one == digest(3, world, tmp_path)
    other = digest(4, world, tmp_path)
    assert all(one[name] != other[name] for name in ("staff", "cells", "composition", "districts"))


def test_worlds_share_all_but_what_teachers_decide():
    one, two = state("tiny", "panel"), state("tiny", "table_13")
    for name in ("handbooks", "consolidations", "composition"):
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])
    pd.testing.assert_frame_equal(one.truth["districts"], two.truth["districts"])
    effort = state("tiny", "panel_effort")
    pd.testing.assert_frame_equal(one.tables["staff"], effort.tables["staff"])
    gap = effort.tables["cells"]["mean_score"] - one.tables["cells"]["mean_score"]
    raised = effort.truth["cells"]["effort"] > 0
    assert np.allclose(gap[~raised], 0) and raised.sum() > 100
    expected = PARAMETERS["worlds"]["panel_effort"]["effort"]["math"]
    assert np.allclose(gap[raised], expected * PARAMETERS["scores"]["scale"]["sd"], atol=2e-3)
    rows = effort.tables["cells"][raised]
    assert rows["year"].min() == 2012 and set(rows["subject"]) == {"math"}


def within(values, target: float, errors: float = 3.0, floor: float = 0.0) -> bool:
    """Whether the mean over worlds is within Monte Carlo errors of a target, or a floor of it."""
    values = np.asarray(values, float)
    error = values.std(ddof=1) / np.sqrt(len(values))
    return bool(abs(values.mean() - target) <= max(errors * error, floor))


def test_rates_before_the_reform_are_those_published():
    """Shares of those who move and leave, drawn; expected rates are exact."""
    rates = INPUTS["teachers"]["pre_2011"]
    moved, left = [], []
    for seed in SEEDS:
        years = state(seed=seed).truth["teacher_years"]
        own = years[years["year"] <= 2010]
        expected = own.groupby("year")[["exits", "moves"]].mean()
        assert np.allclose(expected["exits"], rates["exiter"], atol=1e-7, rtol=0)
        assert np.allclose(expected["moves"], rates["mover"], atol=1e-7, rtol=0)
        made = records(seed=seed).teacher_years
        left.append(made.loc[made["year"] <= 2010, "exits"].mean())
        moved.append(made.loc[made["year"] <= 2011, "moved"].mean())
    assert within(left, rates["exiter"], floor=0.001)
    assert within(moved, rates["mover"], floor=0.001)


def test_after_the_reform_pay_for_value_added_alone_changes_the_rates():
    """World panel: log odds of leaving change by -0.05 a $1,000 of what value added adds."""
    made = state().truth
    years = made["teacher_years"]
    pre = years[years["year"] <= 2010]
    for name in ("exits", "moves"):
        assert (pre[name] == pre[f"{name}_without"]).all()
    value = made["teachers"].set_index("teacher_id")["value_added"]
    delta = made["districts"].set_index("district_id")["delta"]
    # staff of 2012 and 2013 whose district still pays the same next year
    own = years[years["year"].isin([2012, 2013])]
    odds = {name: np.log(own[name] / (1 - own[name])) for name in ("exits", "exits_without")}
    change = odds["exits"] - odds["exits_without"]
    expected = -PARAMETERS["panel"]["pay_per_1000"] * own["value_pay"] / 1000
    assert np.allclose(change, expected, atol=2e-4)
    # and pay is the district's delta times the logistic of value added, less its mean of 2011
    pay = own["value_pay"] / own["district_id"].map(delta)
    level = logistic(own["teacher_id"].map(value)) - pay
    spread = level.groupby(own["district_id"]).agg(["min", "max"])
    known = delta.reindex(spread.index).abs() > 300
    assert (spread["max"] - spread["min"])[known].max() < 1e-4 and known.sum() > 8
    last = years[(years["year"] == 2011)].assign(f=logistic(years["teacher_id"].map(value)))
    mean = last.groupby("district_id")["f"].mean().reindex(spread.index)
    assert np.allclose(mean[known], spread["min"][known], atol=1e-4)


def test_pay_before_the_reform_is_the_schedule():
    years = state().truth["teacher_years"]
    lag = state().truth["teachers"].set_index("teacher_id")["lag"]
    pre = years[years["year"] < 2012]
    assert (pre["value_pay"] == 0).all()
    on_line = (pre["teacher_id"].map(lag) == 0) & ~pre["duties"]
    assert (pre.loc[on_line, "salary"] == pre.loc[on_line, "scheduled"]).all()
    assert (pre.loc[~pre["duties"], "salary"] <= pre.loc[~pre["duties"], "scheduled"]).all()


def spread_within_cells(rows: pd.DataFrame, years: str) -> float:
    """SD of salaries [$] of teachers of one district, year, degree and class of seniority."""
    own = rows[rows["year"] < 2012]
    cell = [own["district_id"], own["year"], own["degree"], seniority_class(own[years], 2)]
    inside = own["salary"] - own.groupby(cell)["salary"].transform("mean")
    return float(np.sqrt((inside**2).mean()))


def test_adjusted_seniority_explains_more_of_salaries():
    """What appendix B is for: who appears identical earns the same."""
    kept = records().teacher_years
    choices = PayChoices(**{**vars(CHOICES), "off_schedule": "nearest"})
    nearest = prepare(as_raw(state().tables), choices).teacher_years
    recorded = spread_within_cells(kept, "seniority_recorded")
    assert spread_within_cells(kept, "seniority") < recorded
    assert spread_within_cells(nearest, "seniority") < spread_within_cells(kept, "seniority")
    changed = kept["seniority"] != kept["seniority_recorded"]
    assert 0.02 < changed.mean() < 0.2


def test_classes_that_are_the_steps_give_back_what_is_credited():
    """Where classes of seniority are the schedule's steps and few lack credit."""
    own = {**PARAMETERS["salaries"], "errors": {"share": 0.0, "sd": 0.5}}
    own["credits"] = {**own["credits"], "shares": [1.0, 0.0, 0.0]}
    madison = {**INPUTS["salary_schedule"]["off_schedule_madison_2011"], "below": 40, "above": 0}
    inputs = {**INPUTS, "salary_schedule": {**INPUTS["salary_schedule"]}}
    inputs["salary_schedule"]["off_schedule_madison_2011"] = madison
    parameters = {**PARAMETERS, "salaries": {**own, "further_lag": 0.0}}
    made = synthesise_state(inputs, parameters, size="tiny", world="panel", seed=1)
    choices = PayChoices(**{**vars(CHOICES), "class_years": 1, "trim": (0.0, 0.0)})
    rows = prepare(as_raw(made.tables), choices).teacher_years
    rows = rows.merge(made.truth["teacher_years"][["teacher_id", "year", "credited"]])
    pre = rows[(rows["year"] < 2012) & (rows["seniority_recorded"] < 29) & rows["schedule"].notna()]
    behind = pre["credited"] < np.floor(pre["seniority_recorded"])
    changed = pre["seniority"] != pre["seniority_recorded"]
    right = pre["seniority"] == pre["credited"]
    assert 0.08 < behind.mean() < 0.14
    # the others' step is silent, as in small districts
    assert changed[behind].mean() > 0.4 and changed[~behind].mean() < 0.04
    assert right[changed & behind].mean() > 0.95


@pytest.mark.slow
def test_full_states_are_within_sampling_error_of_their_inputs():
    tables = []
    for seed in (1, 2, 3):
        made = state("full", "panel", seed)
        own = prepare(as_raw(made.tables), CHOICES)
        table = calibration_table(INPUTS, Made(own, made.tables["districts"], made.truth))
        tables.append(table.set_index("quantity")["ratio"])
    ratio = pd.concat(tables, axis=1).mean(axis=1)
    close = {
        "counts.districts_by_regime.individual_salary": 0.0,
        "counts.districts_by_regime.salary_schedule": 0.0,
        "counts.teachers_by_year.2006": 0.01,
        "counts.teachers_by_year.2010": 0.01,
        "counts.teachers_by_year.2014": 0.01,
        "counts.cells_grade_school_year.full.math": 0.06,
        "counts.cells_grade_school_year.full.ela": 0.06,
        "institutions.within_cesa_share_of_moves": 0.08,
        "teachers.pre_2011.experience.mean": 0.02,
        "teachers.pre_2011.experience.sd": 0.08,
        "teachers.pre_2011.salary.mean": 0.03,
        "teachers.pre_2011.salary.sd": 0.06,
        "teachers.pre_2011.mover": 0.03,
        "teachers.pre_2011.exiter": 0.03,
        "teachers.share_with_value_added.salary_schedule.2008": 0.06,
        "value_added.sd_with_shrinkage.elementary_math": 0.01,
        "salary_schedule.off_schedule_madison_2011.mean_gap_below": 0.15,
        **{
            f"districts.{group}.{name}.mean": 0.05
            for group, name in itertools.product(
                ("individual_salary", "salary_schedule", "handbook_unavailable"),
                ("enrolment", "salary", "salary_experience_5_or_less", "salary_experience_over_20"),
            )
        },
    }
    off = {
        name: ratio[name] for name, share in close.items() if abs(ratio[name] - 1) > share + 1e-9
    }
    assert not off
    assert lines_within(table, 0.1)[0] > 0.6 * lines_within(table, 0.1)[1]


@pytest.mark.parametrize("world", WORLDS)
def test_every_number_of_the_inputs_is_answered_or_excused(world):
    made = state("tiny", world)
    own = Made(records("tiny", world), made.tables["districts"], made.truth)
    table = calibration_table(INPUTS, own)
    assert list(table["quantity"]) == list(printed(INPUTS))
    assert not any("not_for_tuning" in name for name in table["quantity"])
    excused = table["reason"] != ""
    assert table.loc[excused, "achieved"].isna().all()
    assert (table.loc[~excused, "source"] != "").all()
    facts = state_facts(own.records, own.districts, own.truth)
    assert set(facts) <= set(table.loc[~excused, "quantity"]) | set(facts) - set(printed(INPUTS))
    planted = table[table["quantity"].str.startswith("structural.") & ~excused]
    assert (planted["ratio"] == 1).all() and len(planted) == (10 if world == "table_13" else 0)


def test_a_number_without_an_answer_is_an_error():
    made = state()
    own = Made(records(), made.tables["districts"], made.truth)
    with pytest.raises(ValueError, match=r"neither compared nor excused, or both: counts\.dogs"):
        calibration_table({**INPUTS, "counts": {**INPUTS["counts"], "dogs": 3}}, own)


def test_planted_pay_for_value_added_has_the_published_means():
    delta = state("small").truth["districts"]
    weight = state("small").tables["districts"].groupby("district_id")["enrolment"].mean()
    weight = delta["district_id"].map(weight)
    for regime, group in (("IS", "individual_salary"), ("SS", "salary_schedule")):
        own = delta["regime"] == regime
        mean = np.average(delta.loc[own, "delta"], weights=weight[own])
        target = INPUTS["salary_equation"]["delta_post"][group]["mean"]
        assert abs(mean - target) < 25  # pupils vary from year to year
    assert (delta.loc[delta["regime"] == "none", "delta"] == 0).all()
    chippewa = delta.loc[delta["name"] == "chippewa_falls", "delta"]
    assert chippewa.tolist() == [INPUTS["salary_equation"]["delta_chippewa_falls_post"]]


def test_mean_scores_hold_the_effects_of_the_cells_teachers():
    """The slope of scores on the planted means of teachers, beside composition and school-years."""
    made = state("small")
    cells = made.tables["cells"].merge(
        made.truth["cells"], on=["school_id", "grade", "year", "subject"]
    )
    keys = ["school_id", "grade", "year", "subject"]
    links = records("small").links
    effect = links["share"] * links["teacher_id"].map(
        made.truth["teachers"].set_index("teacher_id")["math"]
    )
    mean = effect.groupby([links[name] for name in keys]).sum().rename("mean").reset_index()
    cells = cells.merge(mean, on=keys)  # of the links that the estimators see
    own = cells[(cells["subject"] == "math") & cells["teachers"].notna()]
    assert np.allclose(own["mean"], own["teachers"], atol=1e-7)
    own = own.merge(made.tables["composition"], on=["school_id", "grade", "year"])
    names = [one for one in own if one.startswith("share_")]
    rows = own[["mean_score", "teachers", *names, "grade"]].astype(float)
    rows["mean_score"] /= PARAMETERS["scores"]["scale"]["sd"]
    inside = rows - rows.groupby([own["school_id"], own["year"]]).transform("mean")
    design, score = inside.drop(columns="mean_score").to_numpy(), inside["mean_score"].to_numpy()
    slope, *_ = np.linalg.lstsq(design, score, rcond=None)
    noise = score - design @ slope
    error = np.sqrt(noise @ noise / len(noise) * np.linalg.inv(design.T @ design)[0, 0])
    assert abs(slope[0] - 1) < 4 * error and error < 0.05


def test_consolidations_are_those_of_footnote_8():
    made = state("small").tables
    assert sorted(made["consolidations"]["year"]) == [2007, 2007, 2010, 2010, 2011, 2011]
    number = made["districts"].groupby("year").size()
    assert (number - number[2014]).tolist() == [2, 1, 2, 2, 1, 0, 0, 0, 0]
    merged = records("small").districts.groupby("year").size()
    assert (merged - merged[2014]).tolist() == [-1, -1, 0, 0, 0, 0, 0, 0, 0]


def test_whoever_is_consolidated_or_divided_has_not_moved():
    years = state("small").truth["teacher_years"].set_index(["teacher_id", "year"])["district_id"]
    made = records("small").teacher_years
    before = made.assign(year=made["year"] - 1).set_index(["teacher_id", "year"]).index
    now = years.reindex(made.set_index(["teacher_id", "year"]).index).to_numpy()
    last = years.reindex(before).fillna("").to_numpy()
    moved = (now != last) & (last != "")
    assert (moved == (made["moved"] == 1).to_numpy()).all() and moved.sum() > 500


def situation(districts, **changed) -> Situation:
    number = 4000
    rng = np.random.default_rng(2)
    usual = {
        "district": rng.integers(0, districts, number),
        "seniority": rng.integers(1, 35, number).astype(float),
        "master": (rng.random(number) < 0.5).astype(float),
        "value": rng.standard_normal(number),
        "pay": lambda row, to: 50.0 + 0.0 * (row + to),
        "pay_without": lambda row, to: 50.0 + 0.0 * (row + to),
        "gain": np.zeros(number),
    }
    return Situation(**usual | changed)


@pytest.fixture(scope="module")
def districts():
    from welfare_added.pay.synthetic_districts import draw_districts

    own = (PARAMETERS["sizes"]["tiny"], PARAMETERS["worlds"]["panel"], INPUTS, PARAMETERS)
    return draw_districts(*own, np.random.default_rng(1))


def test_the_structural_rule_against_probabilities_worked_out_one_by_one(districts):
    """Shocks of zero variance: offers are known, and probabilities are those of a logit."""
    own = INPUTS["structural"]
    still = {**INPUTS, "structural": {**own, "districts": {**own["districts"], "sigma": 0.0}}}
    rule = StructuralRule(districts, still, PARAMETERS)
    now = situation(len(districts.ids), pay=lambda row, to: 40.0 + row % 7 + to)
    made = rule.decide(now, np.random.default_rng(4))
    taste, payoff = own["teachers"], own["districts"]
    for row in range(0, 4000, 97):
        home = now.district[row]
        worth = payoff["value_added_sd"] * now.value[row]
        worth += payoff["seniority_year"] * now.seniority[row] + payoff["master"] * now.master[row]
        total = 1.0
        for to in np.flatnonzero(districts.market == districts.market[home]):
            utility = taste["salary_per_1000"] * (40.0 + row % 7 + to)
            utility += taste["distance_mile"] * districts.miles[home, to] - taste["outside"]
            utility += 100 * taste["poor_percent"] * districts.disadvantaged[to]
            utility += taste["urban"] * (districts.location[to] == "urban")
            if to == home:
                stays = np.exp(utility + taste["incumbent"])
                total += stays
            elif worth > 0:
                total += np.exp(utility)
        assert made.exits[row] == pytest.approx(1 / total, rel=1e-12)
        assert made.moves[row] == pytest.approx(1 - (1 + stays) / total, abs=1e-12)
    went = made.where[made.where >= 0]
    homes = now.district[made.where >= 0]
    assert (districts.market[went] == districts.market[homes]).all() and (went != homes).all()


def test_constraints_of_the_structural_rule_are_slack():
    """Expected hires of a district from others are far below what leaves it (notes, section 9)."""
    years = state("small", "table_13").truth["teacher_years"]
    own = years[years["year"] < 2014]
    assert own["exits"].mean() == pytest.approx(0.06, abs=0.01)
    assert own["moves"].mean() < 0.1 * own["exits"].mean()


@pytest.mark.parametrize("rule", [PanelRule, StructuralRule])
def test_as_many_do_each_as_probabilities_say(districts, rule):
    one = rule(districts, INPUTS, PARAMETERS)
    now = situation(len(districts.ids))
    left, moved = [], []
    for seed in range(40):
        made = one.decide(now, np.random.default_rng(seed))
        left.append((made.where == EXITS).mean() - made.exits.mean())
        moved.append((made.where >= 0).mean() - made.moves.mean())
        assert set(np.unique(made.where)) <= {STAYS, EXITS, *range(len(districts.ids))}
        assert (made.where[made.where >= 0] != now.district[made.where >= 0]).all()
    assert within(left, 0.0) and within(moved, 0.0)


def test_offers_of_the_panel_rule_follow_size_and_distance(districts):
    one = PanelRule(districts, INPUTS, PARAMETERS)
    now = situation(len(districts.ids))
    rng = np.random.default_rng(7)
    offers = np.concatenate([one._offers(now, rng) for _ in range(60)])
    home = np.tile(now.district, 60)
    size = np.bincount(now.district, minlength=len(districts.ids))
    weight = size * np.exp(INPUTS["structural"]["teachers"]["distance_mile"] * districts.miles[3])
    weight[3] = 0
    drawn = np.bincount(offers[home == 3].ravel(), minlength=len(weight)) / (3 * (home == 3).sum())
    expected = weight / weight.sum()
    error = np.sqrt(expected * (1 - expected) / (3 * (home == 3).sum()))
    assert (np.abs(drawn - expected) <= 4 * error + 1e-12).all()


def test_distances():
    # Milwaukee to Madison as the crow flies
    miles = distance_miles(43.0389, -87.9065, 43.0731, -89.4012)
    assert miles == pytest.approx(75.6, abs=0.5)
    assert distance_miles(44.0, -89.0, 45.0, -89.0) == pytest.approx(69.09, abs=0.02)
    assert distance_miles(44.0, -89.0, 44.0, -89.0) == 0


def test_sizes_and_worlds_that_do_not_exist_are_refused():
    with pytest.raises(
        UserError, match=r"district.size is 'huge'; choose one of full, small, tiny"
    ):
        synthesise_state(INPUTS, PARAMETERS, size="huge", world="panel", seed=1)
    with pytest.raises(UserError, match=r"pay.world is 'moon'; choose one of table_13, panel"):
        synthesise_state(INPUTS, PARAMETERS, size="tiny", world="moon", seed=1)


def test_planted_values_are_not_read_from_the_papers_results():
    """Changing what is not for tuning, or rates after the reform, changes nothing."""
    changed = {
        **INPUTS,
        "not_for_tuning": [],
        "teachers": {**INPUTS["teachers"], "post_2011": {}, "total": {}},
    }
    made = synthesise_state(changed, PARAMETERS, size="tiny", world="panel", seed=1)
    for name, table in state().tables.items():
        pd.testing.assert_frame_equal(made.tables[name], table)


def test_choices_of_the_preparation_change_what_they_say():
    raw = as_raw(state().tables)
    usual = records().teacher_years
    kept = prepare(raw, PayChoices(**{**vars(CHOICES), "adjust_after": "recorded"})).teacher_years
    post = kept["year"] >= 2012
    assert (kept.loc[post, "seniority"] == kept.loc[post, "seniority_recorded"]).all()
    pd.testing.assert_series_equal(kept.loc[~post, "seniority"], usual.loc[~post, "seniority"])
    wide = prepare(raw, PayChoices(**{**vars(CHOICES), "trim": (0.0, 0.0)})).teacher_years
    assert len(wide) > len(usual)
