"""Plans of a year from chains, and all years together."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from transfers_world import as_raw, design, world

from welfare_added.reassignment.draws import CLAIRVOYANT, FEASIBLE
from welfare_added.reassignment.from_records import year_records
from welfare_added.reassignment.past_draws import past_states
from welfare_added.reassignment.planning import Choices, YearPlans, parameters_of, plan_year
from welfare_added.reassignment.pooled import (
    PEOPLE,
    SAME_YEARS,
    certificates,
    pooled_gains,
    pooled_parts,
    pooled_people,
    text_numbers,
    with_same_years,
)
from welfare_added.selection.all_pairs import matches_of_all_pairs
from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.model import state_model
from welfare_added.selection.priors import read_priors
from welfare_added.transfers.decisions import decisions_by_teacher
from welfare_added.transfers.driving import Driving

START = {
    **dict.fromkeys(("outcome", "supply", "demand", "school_mean"), 0.25),
    "loading": 1.0,
    **{
        f"sd_{name}": {"half_normal": 0.3}
        for name in ("eps", "theta", "phi", "school", "eta_u", "eta_v", "eta_y")
    },
}
SAMPLER = {"rankings": "full", "priors": START, "start": START, "seed": 3}
SHORT = {"plain": 20, "rounds": 0, "moves": 1, "burn": 0, "kept": 16, "effects": 4}
AIMS = ["mean_score", "share_proficient", "class_mean"]
CHOICES = Choices(AIMS, "realised", shocks=True, cut=0.0, random_draws=20, seed=5)


@cache
def sampled():
    model = state_model(design().system, "full", read_priors(START))
    schedule = Schedule(**SHORT)
    chain = begin(model, read_priors(START), generator(3, 0))
    return model, advance(model, chain, schedule, schedule.sweeps).effects


@cache
def planned(year: int) -> YearPlans:
    raw, made = as_raw(world().tables), design()
    own = year_records(raw, made, Driving(raw, made.records), year)
    past = past_states(raw, made, own, SAMPLER, SHORT, "stacked")
    return plan_year(own, *sampled(), CHOICES, past)


@cache
def pooled():
    years = [planned(year) for year in (2010, 2012)]
    tables = {
        name: pd.concat([getattr(one.planned, name) for one in years])
        for name in ("results", "gains")
    }
    tables |= {
        name: pd.concat([getattr(one, name) for one in years]) for name in ("sizes", "selected")
    }
    return tables


def test_the_first_year_has_no_past_and_no_feasible_plan():
    first, later = (planned(year).planned.results for year in (2010, 2012))
    assert set(first["planner"]) == {CLAIRVOYANT}
    assert set(later["planner"]) == {CLAIRVOYANT, FEASIBLE}
    assert set(later["draw"]) == {0, 1, 2, 3}


def test_plans_do_not_depend_on_other_years_or_on_being_made_again():
    raw, made = as_raw(world().tables), design()
    own = year_records(raw, made, Driving(raw, made.records), 2012)
    past = past_states(raw, made, own, SAMPLER, SHORT, "stacked")
    again = plan_year(own, *sampled(), CHOICES, past)
    pd.testing.assert_frame_equal(again.planned.results, planned(2012).planned.results)
    pd.testing.assert_frame_equal(again.planned.gains, planned(2012).planned.gains)


def test_the_feasible_planner_knows_less():
    results = planned(2012).planned.results
    mean = results[results["aim"] == "mean_score"].groupby(["planner", "scenario"])["total"].mean()
    assert mean[CLAIRVOYANT, "unconstrained"] > mean[FEASIBLE, "unconstrained"]


def test_what_is_known_does_not_use_the_year_itself():
    """Other scores of the year and later change no expectation of the feasible planner."""
    raw = as_raw(world().tables)
    made = design()
    own = year_records(raw, made, Driving(raw, made.records), 2012)
    states = past_states(raw, made, own, SAMPLER, SHORT, "stacked")[1]
    score = made.pairs.score.copy()
    year_of = made.records.positions["year"].to_numpy()[made.pairs.position]
    score[year_of >= 2012] += 5.0
    changed = type(made)(**{**vars(made), "pairs": _with(made.pairs, score=score)})
    again = past_states(raw, changed, own, SAMPLER, SHORT, "stacked")[1]
    np.testing.assert_array_equal(states[-1].theta, again[-1].theta)
    score[year_of < 2012] += np.arange((year_of < 2012).sum()) % 2
    other = type(made)(**{**vars(made), "pairs": _with(made.pairs, score=score)})
    moved = past_states(raw, other, own, SAMPLER, SHORT, "stacked")[1]
    assert not np.array_equal(states[-1].theta, moved[-1].theta)


def _with(data, **changes):
    return type(data)(**{**vars(data), **changes})


def test_parameters_are_those_of_the_state_without_inertia():
    model, states = sampled()
    found = parameters_of(model, states[0], matches_of_all_pairs(model, states[0], generator(1, 0)))
    assert found.outcomes["prev_score"] == states[0].outcome[model.names[0].index("prev_score")]
    assert len(found.supply) == len(model.names[1]) - 1
    np.testing.assert_array_equal(found.supply, states[0].supply[:-1])
    assert found.demand["male"] == states[0].demand[model.names[2].index("male")]


def test_gains_of_all_years_are_sums_over_students():
    gains = pooled()["gains"]
    found = pooled_gains(gains).set_index(["planner", "aim", "scenario", "group"])
    label = (CLAIRVOYANT, "mean_score", "unharmed", "quartile_2")
    own = gains.set_index(["planner", "aim", "scenario", "group"]).loc[label]
    by_draw = own.groupby("draw")[["gain_score", "gain_proficient", "students"]].sum()
    ratio = by_draw["gain_score"] / by_draw["students"]
    assert found.loc[label, "gain_score"] == pytest.approx(ratio.mean())
    assert found.loc[label, "gain_score_sd"] == pytest.approx(ratio.std(ddof=1))
    points = 100 * (by_draw["gain_proficient"] / by_draw["students"]).mean()
    assert found.loc[label, "gain_proficient"] == pytest.approx(points)
    assert found.loc[label, "students"] == by_draw["students"].iloc[0]
    observed = found.xs("observed", level="scenario")
    assert (observed["gain_score"] == 0).all() and (observed["gain_score_over_random"] != 0).any()


def test_quartiles_average_to_all_and_scenarios_never_reverse():
    found = pooled_gains(pooled()["gains"])
    own = found[(found["planner"] == CLAIRVOYANT) & (found["aim"] == "mean_score")]
    table = own.pivot(index="scenario", columns="group", values="gain_score")
    weight = own[own["scenario"] == "unharmed"].set_index("group")["students"]
    quarters = [f"quartile_{number}" for number in range(1, 5)]
    mean = (table[quarters] * weight[quarters]).sum(axis=1) / weight["all"]
    np.testing.assert_allclose(mean, table["all"], atol=1e-12)
    order = table["all"][["unconstrained", "unharmed", "observed_retention", "same_school"]]
    assert order.is_monotonic_decreasing


def test_parts_add_up_and_weigh_years_by_students_and_positions():
    tables = pooled()
    found = pooled_parts(tables["results"], tables["sizes"])
    for kind in ("", "class_"):
        total = found[f"{kind}effectiveness"] + found[f"{kind}match"]
        np.testing.assert_allclose(total, found[f"{kind}total"], atol=1e-12)
    gains = pooled_gains(tables["gains"])
    whole = gains[(gains["group"] == "all") & (gains["scenario"] != "observed")]
    merged = found.merge(whole, on=["planner", "aim", "scenario"])
    assert len(merged) == len(found)
    np.testing.assert_allclose(merged["total"], merged["gain_score"], atol=1e-12)
    np.testing.assert_allclose(merged["total_sd"], merged["gain_score_sd"], atol=1e-12)


def test_the_same_years_of_the_clairvoyant_planner_are_those_of_the_feasible_one():
    table = with_same_years(pooled()["results"])
    own = table[table["planner"] == SAME_YEARS]
    assert set(own["year"]) == {2012}
    known = table[(table["planner"] == CLAIRVOYANT) & (table["year"] == 2012)]
    np.testing.assert_array_equal(own["value"].to_numpy(), known["value"].to_numpy())


def test_people_and_certificates():
    tables = pooled()
    people = pooled_people(tables["results"], tables["sizes"])
    assert set(people["scenario"]) >= {"observed", "same_school"}
    observed = people[people["scenario"] == "observed"]
    assert (observed[["moves", "displaced", "brought_in", "worse_off"]] == 0).all(axis=None)
    assert (observed["blocking_pairs"] > 0).all() and set(PEOPLE) <= set(people)
    proofs = certificates(tables["results"])
    assert (proofs["reversals"] == 0).all() and (proofs["largest_gap"] < 1e-9).all()
    assert proofs["problems"].sum() == (tables["results"]["scenario"] != "observed").sum()


def test_a_reversal_is_counted():
    results = pooled()["results"].copy()
    label = (results["planner"] == CLAIRVOYANT) & (results["aim"] == "class_mean")
    one = results[label & (results["scenario"] == "same_school")].index[0]
    rows = label & (results["scenario"] == "same_school") & (results.index == one)
    results.loc[rows, "planned"] += 1e6
    found = certificates(results).set_index(["planner", "aim", "scenario"])
    assert found.loc[(CLAIRVOYANT, "class_mean", "same_school"), "reversals"] == rows.sum()


def test_numbers_of_the_text_by_hand():
    tables = pooled()
    parts = pooled_parts(tables["results"], tables["sizes"])
    selected = pd.DataFrame({"teacher": [0, 1, 1], "brought_in": [2, 0, 1], "displaced": [0, 3, 0]})
    decisions = pd.DataFrame(
        {"applications": [4, 2], "offers": [1, 0], "ranked": [2, 1], "rank_sum": [3, 4]}
    )
    found = text_numbers(parts, tables["sizes"], 4, selected, decisions)
    value = found.set_index("name")["value"]
    assert value["draws"] == 4 and value["years"] == 2
    # Brought in: teacher 0 twice, 1 once; displaced: teacher 1 three times.
    assert value["offers_of_selected_over_displaced"] == pytest.approx(2 / 10 - 0 / 6)
    assert value["ranks_of_displaced_over_selected"] == pytest.approx(12 / 3 - 10 / 5)
    sizes = tables["sizes"]
    beyond = (sizes["candidates"] - sizes["positions"]).mean()
    assert value["candidates_beyond_positions"] == beyond
    nobody = text_numbers(parts, sizes, 4, selected.assign(brought_in=0), decisions)
    assert np.isnan(nobody.set_index("name")["value"]["offers_of_selected_over_displaced"])


def test_selected_teachers_are_counted_over_draws():
    own = planned(2012)
    plans = own.planned.plans
    label = (plans["planner"] == CLAIRVOYANT) & (plans["aim"] == "mean_score")
    rows = plans[label & (plans["scenario"] == "unconstrained")]
    results = own.planned.results
    chosen = (results["planner"] == CLAIRVOYANT) & (results["aim"] == "mean_score")
    counted = results[chosen & (results["scenario"] == "unconstrained")]
    assert own.selected["brought_in"].sum() == counted["brought_in"].sum()
    assert own.selected["displaced"].sum() == counted["displaced"].sum()
    assert len(rows) == 4 * own.sizes["positions"].iloc[0]


def test_decisions_of_teachers_who_are_not_in_the_table_count_nothing():
    raw, records = as_raw(world().tables), design().records
    decisions = decisions_by_teacher(raw, records)
    assert len(decisions) == len(records.teachers)
