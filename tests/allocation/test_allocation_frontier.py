import logging

import numpy as np
import pandas as pd
import pytest
from allocation_cases import doubled, make_slots

from welfare_added.allocation.frontier import frontier, group_gain, subject_shares
from welfare_added.allocation.objectives import group_objective, social_weights
from welfare_added.allocation.plans import certificate_summary, solve_plan

WEIGHTS = social_weights(21)
ELA = {"ela": 1.0}


def solved(slots, scope, information="heterogeneous", ends="efficient", subjects=ELA):
    objective = group_objective(slots, subjects, information, WEIGHTS, ends)
    plan, certificates = solve_plan(slots, objective, scope)
    return plan, certificates, frontier(slots, plan, certificates, subjects)


def test_gain_by_hand():
    slots = pd.DataFrame({"lower_ela": [2, 6], "va_lower_ela": [0.3, 0.1]})
    plan = np.array([[0, 1], [1, 0]])
    expected = (2 * (0.1 - 0.3) + 6 * (0.3 - 0.1)) / 8
    assert group_gain(slots, plan, "ela", "lower").tolist() == pytest.approx([0, expected])


def test_gains_sum_to_the_objective(slots):
    _, certificates, table = solved(slots, "district")
    lower, higher = slots["lower_ela"], slots["higher_ela"]
    base_lower = lower @ slots["va_lower_ela"]
    base_higher = higher @ slots["va_higher_ela"]
    primal = certificates.groupby("weight")["primal"].sum().to_numpy()
    rebuilt = WEIGHTS * (base_lower + lower.sum() * table["gain_lower"]) + (1 - WEIGHTS) * (
        base_higher + higher.sum() * table["gain_higher"]
    )
    assert rebuilt.to_numpy() == pytest.approx(primal, rel=1e-10)
    assert table["gain_mean"].to_numpy() == pytest.approx(
        0.5 * (table["gain_lower"] + table["gain_higher"])
    )
    assert table["certificate"].max() <= 1e-9


def test_the_frontier_is_monotone_and_concave(slots):
    for scope in ("district", "school"):
        _, _, table = solved(slots, scope)
        lower, higher = table["gain_lower"].to_numpy(), table["gain_higher"].to_numpy()
        assert (np.diff(lower) >= -1e-12).all()
        assert (np.diff(higher) <= 1e-12).all()
        step = np.stack([np.diff(higher), np.diff(lower)], axis=1)
        step = step[np.abs(step).max(axis=1) > 1e-12]
        turn = step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]
        assert len(step) > 4
        assert (turn >= -1e-12).all()


def test_schools_reach_no_further_than_the_district(slots):
    value = {}
    for scope in ("district", "school"):
        _, _, table = solved(slots, scope)
        value[scope] = (
            WEIGHTS * slots["lower_ela"].sum() * table["gain_lower"]
            + (1 - WEIGHTS) * slots["higher_ela"].sum() * table["gain_higher"]
        )
    assert (value["school"] <= value["district"] + 1e-9).all()
    assert (value["school"] >= -1e-9).all()
    assert value["school"].max() < value["district"].max()


def test_efficient_ends_dominate_arbitrary_ones():
    slots = make_slots(seed=3, cells=3, size=30)
    slots["higher_ela"] = slots["higher_ela"].clip(upper=6)
    slots["lower_ela"] = slots["lower_ela"].clip(upper=6)
    efficient, arbitrary = (
        solved(slots, "district", ends=e)[2] for e in ("efficient", "arbitrary")
    )
    for own, other, end in (("gain_higher", "gain_lower", 0), ("gain_lower", "gain_higher", 20)):
        assert efficient[own][end] == pytest.approx(arbitrary[own][end], abs=1e-10)
        assert efficient[other][end] > arbitrary[other][end] + 1e-6
    assert efficient["gain_lower"][0] <= efficient["gain_lower"][1] + 1e-12
    inner = ["gain_lower", "gain_higher"]
    assert np.allclose(efficient[inner][1:20], arbitrary[inner][1:20], atol=1e-12)


def test_tie_gaps_are_stored_at_the_ends_only(slots):
    _, certificates, _ = solved(slots, "school", "standard")
    ends = certificates["weight"].isin([0.0, 1.0])
    assert certificates.loc[ends, "tie_gap"].max() <= 1e-9
    assert certificates.loc[~ends, "tie_gap"].isna().all()
    assert not certificates["fallback"].any()


def test_standard_plans_are_scored_with_heterogeneous_estimates(slots):
    plan, certificates, table = solved(slots, "district", "standard")
    slots["va_standard_ela"] = 0.0
    again = frontier(slots, plan, certificates, ELA)
    assert again["gain_lower"].tolist() == table["gain_lower"].tolist()
    assert (solved(make_slots(), "district")[2]["gain_mean"] > table["gain_mean"])[10]


def test_both_subjects_are_weighted(slots):
    shares = subject_shares("both", 0.75)
    plan, certificates, table = solved(slots, "district", subjects=shares)
    ela, math = (frontier(slots, plan, certificates, {s: 1.0}) for s in ("ela", "math"))
    expected = 0.75 * ela["gain_lower"] + 0.25 * math["gain_lower"]
    assert table["gain_lower"].to_numpy() == pytest.approx(expected.to_numpy())


def test_the_certificate_is_the_worst_cell(slots):
    plan, certificates, _ = solved(slots, "school")
    certificates["relative_gap"] = 1e-12 * certificates["cell"] + 1e-13 * certificates["weight"]
    table = frontier(slots, plan, certificates, ELA)
    assert table["certificate"].tolist() == pytest.approx(2e-12 + 1e-13 * WEIGHTS)


def test_plans_follow_the_contract(slots, caplog):
    with caplog.at_level(logging.INFO):
        plan, certificates, _ = solved(slots, "school")
    assert plan.columns.tolist() == ["slot", *[f"w{i:03d}" for i in range(21)]]
    assert (plan.dtypes[1:] == "int32").all()
    for name in plan.columns[1:]:
        assert sorted(plan[name]) == slots["slot"].tolist()
        assert (slots["cell"].to_numpy()[plan[name]] == slots["cell"]).all()
        assert (slots["school_id"].to_numpy()[plan[name]] == slots["school_id"]).all()
    assert len(certificates) == 3 * 21
    assert "cell 2 (year 2005, grade 3): 14 slots, 21 weights" in caplog.text


def test_solvers_agree_on_the_frontier(slots):
    tables = []
    for solver in ("network", "lsa"):
        objective = group_objective(slots, ELA, "heterogeneous", WEIGHTS)
        tables.append(frontier(slots, *solve_plan(slots, objective, "district", solver), ELA))
    columns = ["gain_lower", "gain_higher"]
    assert np.allclose(tables[0][columns], tables[1][columns], atol=1e-12)


def test_errors_are_plain(slots):
    objective = group_objective(slots, ELA, "heterogeneous", WEIGHTS)
    with pytest.raises(
        ValueError, match=r"allocation.solver: 'magic' is unknown; want network, lsa"
    ):
        solve_plan(slots, objective, "district", "magic")
    with pytest.raises(ValueError, match="column slot must count 0, 1, 2"):
        solve_plan(slots.iloc[::-1], objective, "district")
    with pytest.raises(ValueError, match="science"):
        subject_shares("science", 0.75)
    plan, certificates, _ = solved(slots, "district")
    with pytest.raises(ValueError, match="Make all three again"):
        frontier(slots, plan.drop(columns="w003"), certificates, ELA)
    with pytest.raises(ValueError, match="no student is in column lower_ela"):
        frontier(slots.assign(lower_ela=0), plan, certificates, ELA)


@pytest.mark.parametrize("scope", ["district", "school"])
def test_a_cell_alone_is_solved_as_among_all(slots, scope):
    objective = group_objective(slots, ELA, "heterogeneous", WEIGHTS)
    whole, certificates = solve_plan(slots, objective, scope)
    assert slots["cell"].nunique() > 1
    for cell, (year, grade) in enumerate(zip(slots["year"].unique(), [3, 3, 3], strict=True)):
        alone, own = solve_plan(slots, objective, scope, only=(year, grade))
        here = whole[slots["cell"] == cell].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, here)
        same = certificates["cell"] == cell
        pd.testing.assert_frame_equal(own, certificates[same].reset_index(drop=True))


def test_a_cell_that_is_not_there_gives_tables_of_no_rows(slots):
    objective = group_objective(slots, ELA, "heterogeneous", WEIGHTS)
    plan, certificates = solve_plan(slots, objective, "district", only=(1999, 3))
    some, columns = solve_plan(slots, objective, "district")
    assert plan.empty and (plan.dtypes == some.dtypes).all()
    assert certificates.empty and list(certificates) == list(columns)
    assert certificate_summary(certificates, "network")["optima"] == 0


def test_gains_are_per_student_counted(slots):
    objective = group_objective(slots, ELA, "heterogeneous", WEIGHTS)
    plan, certificates = solve_plan(slots, objective, "district")
    pd.testing.assert_frame_equal(
        frontier(doubled(slots), plan, certificates, ELA), frontier(slots, plan, certificates, ELA)
    )
    parts = pd.DataFrame({"lower_ela": [2.25, 6.5], "va_lower_ela": [0.3, 0.1]})
    gain = group_gain(parts.assign(sample_students=[2, 5]), np.array([[1, 0]]), "ela", "lower")
    assert gain[0] == pytest.approx((2.25 * (0.1 - 0.3) + 6.5 * (0.3 - 0.1)) / 8.75)
