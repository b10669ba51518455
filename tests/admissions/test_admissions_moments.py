"""Moments of the synthetic applicants, the table beside the published ones, and the search."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.calibrate import calibrate, chosen, targets
from welfare_added.admissions.calibration_table import calibration_table, lines_within
from welfare_added.admissions.classes import all_classes
from welfare_added.admissions.incentive import gains_from_lower_tier
from welfare_added.admissions.moments import Conventions, moments, residence_moments
from welfare_added.admissions.moves import move_tables
from welfare_added.admissions.published import published
from welfare_added.admissions.regressions import table_a1
from welfare_added.admissions.tier_plan import tier_plan
from welfare_added.admissions.tracts import read_tracts
from welfare_added.admissions.world import draws_of, pool_of, world
from welfare_added.calibration.least_squares import flat, nested
from welfare_added.run.choices import read_yaml

PAPER = Path(__file__).parents[2] / "workflow/papers/ellison_2020"
TRACTS = read_tracts(PAPER / "tracts/tracts.csv")
INPUTS, PARAMETERS, SEARCH = (
    read_yaml(PAPER / f"calibration/{name}.yaml") for name in ("inputs", "parameters", "search")
)
PLAN = {"open_share": 0.3, "open_first": True, "rounding": "down"}
CHOICES = Conventions(PLAN, 96, (2010, 2011, 2012))
COUNTS = {year: section["applicants"] for year, section in PARAMETERS["years"].items()}


def made_from(parameters, seed=1):
    counts = {year: section["applicants"] for year, section in parameters["years"].items()}
    return world(draws_of(counts, len(parameters["schools"]), seed), TRACTS, parameters)


@pytest.fixture(scope="module")
def full():
    return made_from(PARAMETERS)


@pytest.fixture(scope="module")
def found(full):
    return moments(full, CHOICES)


def test_every_published_moment_of_the_search_is_computed(found):
    target = targets(INPUTS, SEARCH["left_out"])
    assert not set(SEARCH["left_out"]) & set(target.index)
    assert found.notna().all() and found["filled"] == 1
    assert set(found.index) - set(published(INPUTS)["quantity"]) == {"filled"}
    for name, section in (("residence", ("tiers.app", "residence.grade")), ("traits", ("curr",))):
        assert name in SEARCH and set(chosen(target, section).index) <= set(found.index)


def test_slopes_are_those_of_table_a1(full, found):
    earlier = full.earlier[full.earlier["application_year"] > 2009]
    table = table_a1(earlier, high_score=96).set_index(["column", "variable"])
    for column, sample in ((1, "all_applicants"), (2, "score_96")):
        for name, row in table.loc[column].iterrows():
            slope = found[f"minority_on_tract_indicator.{sample}.{name}"]
            assert slope == pytest.approx(row["coefficient"])
    name = "minority_on_tract_indicator.standard_errors"
    error = table["standard_error"]
    assert found[f"{name}_96.owner"] == pytest.approx(error[2, "owner"])
    assert found[f"{name}_all"] == pytest.approx(error[1].mean())
    last = table.loc[(6, "frpl")]
    assert found["minority_and_frpl_score_96.frpl"] == pytest.approx(last["coefficient"])
    assert found["minority_and_frpl_score_96.r_squared"] == pytest.approx(last["r_squared"])


def test_classes_are_those_of_the_plan_in_force(full, found):
    pool = pool_of(full)
    school = tier_plan(pool, **PLAN).school(full.lists)
    names = list(full.schools["school_id"])
    table = all_classes(pool, school, names).set_index("school")
    assert (table["students"] == full.schools.set_index("school_id")["seats"]).all()
    assert found["current_classes.payton.majority_minority_gap"] == table.loc["Payton", "gap"]
    assert found["current_other_schools.South Shore.sd"] == table.loc["South Shore", "sd"]
    assert found["current_counts.northside.frpl"] == pool.frpl[school == 5].sum()


def test_moves_are_those_of_tables_a3_and_a4(full, found):
    names = list(full.schools["school_id"])
    both = [names.index(name) for name in ("Payton", "Northside")]
    listed = np.isin(full.earlier_lists, both).any(axis=1).astype(int)
    applicants = full.earlier.assign(lists_payton_northside=listed, gains_from_lower_tier=0)
    given = applicants, full.enrolments, full.tract_tiers
    seventh = move_tables(*given, 7, same_tier_grades=(7, 8, 9))
    ninth = move_tables(*given, 9)
    for grade, tables in ((7, seventh), (9, ninth)):
        shares = tables.shares[tables.shares["sample"] == "all"]
        off = shares[shares["tier_application"] != shares["tier_enrolled"]]
        for cohort, share in off.groupby("cohort")["share"].sum().items():
            name = f"residence.grade_{grade}_off_diagonal.{cohort}"
            assert found[name] == pytest.approx(share)
    rows = seventh.shares.groupby(["sample", "cohort", "tier_application"])["share"].sum()
    samples = {"all": "applicants"}
    for (sample, cohort, tier), share in rows.drop("incentive").items():
        name = f"tiers.{samples.get(sample, sample)}.{cohort}.{tier}"
        assert found[name] == pytest.approx(share)
    redrawn = ninth.parts.query("part == 'redrawing' and sample != 'incentive'")
    assert (redrawn.query("cohort < 2010")["students"] == 0).all()
    assert (redrawn.query("cohort > 2009")["students"] > 0).all()
    assert residence_moments(full.homes).items() <= found.to_dict().items()


def test_who_gains_from_a_lower_tier_would_be_placed_higher():
    parameters = copy.deepcopy(PARAMETERS)
    parameters["years"] = {
        year: {**parameters["years"][year], "applicants": 400} for year in (2012, 2013)
    }
    for school in parameters["schools"].values():
        school["seats"] = max(school["seats"] // 40, 5)
    pool = pool_of(made_from(parameters))
    gains = gains_from_lower_tier(pool, PLAN)
    now = tier_plan(pool, **PLAN).choice
    rank = np.where(now < 0, 99, now)
    better = np.zeros(len(pool), dtype=bool)
    for i in range(len(pool)):
        for tier in range(1, pool.tier[i]):
            other = pool.tier.copy()
            other[i] = tier
            moved = tier_plan(replace(pool, tier=other), **PLAN).choice[i]
            better[i] |= 0 <= moved < rank[i]
    assert 0 < gains.sum() < len(pool) and not gains[pool.tier == 1].any()
    # The comparison with cutoffs leaves out that she gives up her own seat.
    assert np.array_equal(gains, better)


def test_the_table_has_every_line(full):
    table = calibration_table(INPUTS, full, TRACTS, CHOICES)
    assert table["quantity"].is_unique
    stated = published(INPUTS).set_index("quantity")["target"]
    pd.testing.assert_series_equal(table.set_index("quantity")["target"], stated)
    left = table[table["reason"] != ""]
    assert left["achieved"].isna().all()
    assert set(left["quantity"]) == {
        *("counts.applicants_2013_14", "counts.seats_other_schools"),
        *("counts.schools_ranked", "score.range.1"),
    }
    compared = table[table["reason"] == ""].set_index("quantity")
    assert compared["achieved"].notna().all()
    assert np.allclose(compared["ratio"], compared["achieved"] / compared["target"])
    exact = ["counts.applicants_2010_2012", "counts.seats.payton", "score.points"]
    exact += ["plan_in_force.most_schools_listed", "tiers.tracts_per_tier.4"]
    assert (compared.loc[exact, "ratio"] == 1).all()
    redrawn = "residence.children_in_tracts_whose_tier_was_redrawn.2012-13 to 2013-14"
    assert compared.loc[redrawn, "achieved"] == pytest.approx(0.229, abs=5e-4)
    assert compared.loc["tiers.score_cuts.3", "achieved"] == pytest.approx(0.6473, abs=1e-4)
    assert set(table["source"]) >= {"tracts", "table A.2", "inferred from table A.6"}


def test_a_line_that_nothing_answers_is_refused(full):
    more = {**INPUTS, "tiers": {**INPUTS["tiers"], "new": 3}}
    with pytest.raises(ValueError, match=r"nothing to compare with .*tiers\.new"):
        calibration_table(more, full, TRACTS, CHOICES)


def test_most_lines_are_met(full):
    table = calibration_table(INPUTS, full, TRACTS, CHOICES)
    within, compared = lines_within(table, 0.03)
    assert within >= 0.95 * compared
    assert lines_within(table, 0.10)[0] >= 0.97 * compared


def replaced(content, values, prefix=""):
    """Inputs with a world's own moments in place of what is printed."""
    if isinstance(content, dict):
        return {key: replaced(one, values, f"{prefix}{key}.") for key, one in content.items()}
    if isinstance(content, list):
        keys = ("sd", "minority", "frpl") if "other_schools" in prefix else range(1, 9)
        return [values.get(f"{prefix}{key}", one) for key, one in zip(keys, content, strict=False)]
    return values.get(prefix[:-1], content)


def test_planted_parameters_are_found_from_the_moments_of_their_world():
    parameters = copy.deepcopy(PARAMETERS)
    for section in parameters["years"].values():
        section["applicants"] = 4000
    for school in parameters["schools"].values():
        school["seats"] //= 4
    parameters["moves"]["rate"] = 0.09
    inputs = replaced(INPUTS, moments(made_from(parameters), CHOICES))
    free = {"minority.income": 0.4, "score.minority": -0.5, "choice.distance": 0.05}
    start = flat(parameters) | {"moves.rate": 0.2}
    for name, by in free.items():
        start[name] += by
    wide = {"centre": 0, "sd": 3}
    search = {
        **SEARCH,
        "gauss_newton": {"rounds": 2, "steps": 4, "width": 0.02, "gain": 0.5},
        "pattern": {"sweeps": 6, "width": 0.01, "gain": 0.01},
        "residence": {"moves.rate": {"centre": 0.1, "sd": 1}},
        "traits": {**dict.fromkeys(free, wide), "choice.distance": {"centre": 0, "sd": 1}},
        "larger": {"times": 2, "seed": 2},
        "tolerance": 0.005,
        "nearer": {"tolerance": 0.005, "inside": 1.0, "prior": 1.0},
    }
    told = []
    found = calibrate(
        nested(start, parameters), inputs, TRACTS, CHOICES, search, seed=1, report=told.append
    )
    assert found["moves"]["rate"] == pytest.approx(0.09, abs=0.003)
    for name, by in free.items():
        # Nearly all of the way from the start; the prior draws back a little.
        assert abs(flat(found)[name] - flat(parameters)[name]) < 0.3 * abs(by), name
    others = {name for name, value in flat(found).items() if value != flat(parameters)[name]}
    assert others <= {*free, "moves.rate"} and len(told) > 3
