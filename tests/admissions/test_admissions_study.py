"""The tables of a whole study, on a tenth of the synthetic applicants."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.applicants import study_applicants
from welfare_added.admissions.candidates import candidates_of, with_candidates
from welfare_added.admissions.comparison import compare
from welfare_added.admissions.fresh_pools import FreshPools
from welfare_added.admissions.frontier_tables import best_by_number, frontier_table, with_shares
from welfare_added.admissions.frontiers import PER_POINT
from welfare_added.admissions.keys import ScoreScale
from welfare_added.admissions.monte_carlo import KEY, monte_carlo
from welfare_added.admissions.placed_plans import named, placed_by_plan
from welfare_added.admissions.plan_tables import AVERAGE, all_plan_tables
from welfare_added.admissions.plans import current_class, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.predicted_minority import predicted_share
from welfare_added.admissions.synthetic_tables import raw_tables_of, synthetic_world
from welfare_added.admissions.text_numbers import text_numbers
from welfare_added.admissions.tracts import INDICATORS, read_tracts
from welfare_added.district.layout import read_layout
from welfare_added.district.reading import read_tables
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.run.writing import write_csv

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/ellison_2020"
TRACTS = read_tracts(PAPER / "tracts/tracts.csv")
PARAMETERS = read_yaml(PAPER / "calibration/parameters.yaml")
CHOICES = read_yaml(PAPER / "config.yaml")
LAYOUT = read_layout(PAPER / "raw_tables.yaml", ROOT / "workflow/schemas/raw_tables.schema.json")
TUNED_AT = ["Payton", "Northside"]
GROUPS = {
    "minority": CHOICES["groups"]["minority"],
    "asian": CHOICES["groups"]["asian"],
    "unusable": "refuse",
}
POOLS = FreshPools(
    TRACTS,
    PARAMETERS,
    LAYOUT,
    size="tiny",
    applicants={"scale": {"lowest": 0, "highest": 100, "steps": 900}, **GROUPS},
    lasso={"folds": 10, "folds_by": "applicant", "penalty_rule": "one_se"},
    studied=2013,
    predicted=[2010, 2012],
    lasso_years=[2010, 2012],
    coefficients=None,
    high=90,  # so that a tenth of the applicants has enough high scorers
    grades=13,
    tiers=CHOICES["plan_in_force"],
)


@pytest.fixture(scope="module")
def studied():
    """Setting, table A.1 and schools of a pool."""
    return POOLS.study(np.random.SeedSequence(4))


@pytest.fixture(scope="module")
def tables(studied):
    setting, _, names = studied
    places = [names.index(name) for name in TUNED_AT]
    return all_plan_tables(setting, names, {at: current_class(setting, at) for at in places})


def test_a_pool_in_memory_is_the_one_that_files_would_give(tmp_path):
    """From the same draws, but by CSV and the reader of a user's tables."""
    made = synthetic_world(TRACTS, PARAMETERS, size="tiny", seed=3)
    raw = raw_tables_of(made, TRACTS, PARAMETERS["tiers_in_force"])
    for name, table in raw.items():
        write_csv(table, tmp_path / f"{name}.csv")
    read = read_tables({name: tmp_path / f"{name}.csv" for name in raw}, LAYOUT)
    scale = ScoreScale(0, 100, 900)
    from_files = study_applicants(read, scale=scale, seed=7, **GROUPS)
    in_memory = study_applicants(POOLS._raw(raw), scale=scale, seed=7, **GROUPS)
    pd.testing.assert_frame_equal(from_files.table, in_memory.table, rtol=1e-11)
    pd.testing.assert_frame_equal(from_files.steps, in_memory.steps)
    assert "adults_with_college" in read.tables["tracts"]


def test_pools_follow_the_choices_of_indices():
    seed = np.random.SeedSequence(4)
    usual = POOLS.study(seed)[0].indices
    given = {"education": -1.0, "two_parent": -1.0, "isat": -1.0}
    chosen = {"plain": given, "frpl": {**given, "frpl": 1.0}}
    weighted = replace(POOLS, coefficients=chosen).study(seed)[0].indices
    assert np.allclose(weighted["reweighted"], usual["unweighted"])
    assert not np.allclose(usual["reweighted"], usual["unweighted"])
    of_studied = replace(POOLS, lasso_years=[2013, 2013]).study(seed)[0].indices
    assert not np.array_equal(of_studied["lasso"], usual["lasso"])
    assert np.array_equal(of_studied["reweighted"], usual["reweighted"])


def test_no_plan_sees_the_races_of_residents():
    made = synthetic_world(TRACTS, PARAMETERS, size="tiny", seed=3)
    tracts = raw_tables_of(made, TRACTS, PARAMETERS["tiers_in_force"])["tracts"]
    assert not [name for name in tracts if "share" in name or name in ("black", "white")]
    assert set(INDICATORS) < set(candidates_of(tracts))


def test_every_plan_is_listed_with_its_weight_and_its_class(studied, tables):
    setting = studied[0]
    plans = tables.plans.set_index(["plan", "tuned_at"])
    assert set(plans.index.get_level_values(0)) == {*setting.names(), AVERAGE}
    made = plans[plans["unreachable"] == ""]
    assert (made[["blocking", "closed", "overfilled"]] == 0).all(axis=None)
    classes = tables.classes.set_index(["plan", "tuned_at", "school"])
    for (plan, school), row in made.iterrows():
        if school and plan != "frpl_only":
            assert row["minority"] == row["target_minority"]
            share = classes.loc[(plan, school, school), "minority"]
            students = classes.loc[(plan, school, school), "students"]
            assert share * students == pytest.approx(row["minority"])
    both = [
        tuple(made.loc[("benchmark", school), ["weight", "weight_frpl"]]) for school in TUNED_AT
    ]
    average = tuple(made.loc[(AVERAGE, ""), ["weight", "weight_frpl"]])
    assert average == pytest.approx(np.mean(both, axis=0), abs=1e-6)


def test_assignments_by_name_give_back_the_places(studied, tables):
    setting, _, names = studied
    ids = np.array([f"a{number}" for number in range(len(setting.pool))])
    by_name = named(tables.assignments, ids, names)
    applicants = pd.DataFrame({"applicant_id": ids})
    placed = placed_by_plan(by_name, applicants, names, "Payton")
    at = names.index("Payton")
    for plan in ("score", "tiers", "race_only"):
        made = outcome(plan, setting, at, current_class(setting, at))
        assert (placed[plan] == made.placement.school(setting.pool.lists)).all()
    assert set(placed) == {*setting.names(), AVERAGE} - set(
        tables.plans.query("tuned_at == 'Payton' and unreachable != ''")["plan"]
    )


def test_the_frontier_has_the_class_of_the_tuned_weight(studied):
    setting, _, names = studied
    at = names.index("Northside")
    table = frontier_table(setting, names, at, 30.0)
    for plan in ("race_only", "unweighted", "top_tracts"):
        reached = table.loc[table["plan"] == plan, "minority"].sort_values()
        target = int(reached.iloc[len(reached) // 2]), 0
        made = outcome(plan, setting, at, target)
        unit = 1 if plan == "top_tracts" else PER_POINT
        weight = made.weights[0] / unit
        rows = table[(table["plan"] == plan) & (table["first"] <= weight)]
        row = rows[rows["last"] >= weight].iloc[0]
        here = members(made.placement, setting.pool.lists, at)
        assert row["minority"] == setting.pool.minority[here].sum()
        assert row["mean"] == pytest.approx(setting.pool.scores[here].mean())
        assert row["sd"] == pytest.approx(setting.pool.scores[here].std())
    best = best_by_number(table)
    assert not best.duplicated(["school", "plan", "minority"]).any()
    everyone = table.groupby(["plan", "minority"])["mean"].max()
    found = best.set_index(["plan", "minority"])["mean"]
    assert found.sort_index().equals(everyone.sort_index())
    assert with_shares(best)["minority"].between(0, 1).all()


def test_efficiencies_are_of_the_targets_given(studied):
    setting, _, names = studied
    at = names.index("Payton")
    own = current_class(setting, at)
    other = own[0] - 1, own[1]
    compared = compare(replace(setting, targets={at: {"minority": other[0]}}), {"Payton": at})
    wanted = compared.benchmarks.query("plan == 'race_only' and target == 'minority_only'")
    assert (wanted["minority"] * wanted["students"]).tolist() == pytest.approx([other[0]])
    itself = compared.efficiency.query("plan == 'race_only' and target == 'minority_only'")
    assert itself["value"].tolist() == [1.0, 1.0]


def test_fresh_pools_differ_and_do_not_depend_on_the_number_of_processes():
    one, two = (monte_carlo(POOLS, TUNED_AT, 2, 11, processes) for processes in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.duplicated(KEY).any()
    score = one[
        (one["table"] == "classes") & (one["plan"] == "score") & (one["quantity"] == "mean")
    ]
    assert (score["pools"] == 2).all()
    assert (score["sd"] > 0).all()
    assert (one["low"] <= one["high"]).all() or one["low"].isna().any()
    assert {"classes", "efficiency", "regressions"} == set(one["table"])


def test_fresh_pools_are_tuned_to_the_targets_of_the_config():
    pools = replace(POOLS, targets={"Payton": {"minority": 7}})
    found = monte_carlo(pools, TUNED_AT, 2, 11, 1)
    keys = {"table": "classes", "plan": "race_only", "tuned_at": "Payton", "school": "Payton"}
    here = found[(found[list(keys)] == pd.Series(keys)).all(axis=1)].set_index("quantity")
    number = here.loc["minority", ["low", "high"]] * here.loc["students", "mean"]
    assert number.tolist() == pytest.approx([7, 7])


class Model:
    """A prediction that falls below nothing."""

    names, coefficients, intercept = ("x", "y"), np.array([1.0, 0.0]), -0.5


def test_predictions_below_nothing_are_raised_without_changing_the_order():
    table = pd.DataFrame({"x": [0.9, 0.1, 0.4], "y": [np.nan] * 3})
    assert predicted_share(Model(), table).tolist() == [0.8, 0.0, 0.3]
    above = pd.DataFrame({"x": [0.9, 0.6], "y": [0, 0]})
    assert predicted_share(Model(), above).tolist() == pytest.approx([0.4, 0.1])


def test_further_candidates_are_percentiles_of_the_years_children():
    tracts = pd.DataFrame(
        {
            "year": [1, 1, 1, 2],
            "tract": ["a", "b", "c", "a"],
            "tier": 1,
            "children": [10.0, 30.0, 60.0, 5.0],
            "community_area": "n",
            **dict.fromkeys(INDICATORS, 0.5),
            "rent": [7.0, 3.0, 7.0, 1.0],
        }
    )
    people = pd.DataFrame({"application_year": [1, 1, 1, 2], "tract": ["a", "b", "c", "a"]})
    assert with_candidates(people, tracts)["rent"].tolist() == [1.0, 0.3, 1.0, 1.0]
    tracts.loc[1, "rent"] = np.nan
    with pytest.raises(
        UserError, match="tracts, column rent: empty for the tracts of 1 applicants"
    ):
        with_candidates(people, tracts)


def test_numbers_of_the_text():
    applicants = pd.DataFrame(
        {
            **{name: [0.2, 0.7] for name in INDICATORS},
            "isat": [0.1, 0.9],
            "community_area": ["a", "a"],
        }
    )
    paths = pd.DataFrame(
        {
            "variant": ["without_frpl"] * 3 + ["with_frpl"],
            "error": [0.30, 0.22, 0.20, 0.1],
            "standard_error": [0.05, 0.05, 0.04, 0.1],
            "minimum": [0, 0, 1, 1],
            "chosen": [0, 1, 0, 1],
        }
    )
    checks = pd.DataFrame({"variant": ["without_frpl", "with_frpl"], "candidates": [12, 13]})
    enrolments = pd.DataFrame({"year": [2008, 2013]})
    found = text_numbers(applicants, paths, checks, enrolments).set_index("quantity")["value"]
    assert found.to_dict() == pytest.approx(
        {
            "indicators.lowest": 0.1,
            "indicators.highest": 0.9,
            "tracts.community_areas": 1,
            "lasso.standard_errors_above_least": 0.5,
            "lasso.added_candidates": 6,
            "enrolments.first_year": 2008,
            "enrolments.last_year": 2013,
        }
    )
    without = text_numbers(applicants, paths, checks, None)["quantity"]
    assert not without.str.startswith("enrolments").any()
