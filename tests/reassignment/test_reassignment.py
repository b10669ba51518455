"""Reassignment: the worked example, slow calculations of everything, and identities."""

from dataclasses import replace
from itertools import pairwise, permutations
from math import erfc, sqrt

import numpy as np
import pytest
from reassignment_cases import case, slow_score

from welfare_added.reassignment.benchmark import by_groups, random_weights
from welfare_added.reassignment.draws import (
    FEASIBLE,
    expected_scores,
    plan_draws,
    scores_of,
)
from welfare_added.reassignment.gains import (
    class_decomposition,
    decomposition,
    quartiles,
)
from welfare_added.reassignment.groups import group_names, make_groups
from welfare_added.reassignment.plans import aim_scores, moved, plans
from welfare_added.reassignment.proficient import proficient, teachers_part
from welfare_added.reassignment.scores import Sums, Teachers, match_scores, total_scores
from welfare_added.reassignment.year import SCENARIOS, Year, accepts, masks
from welfare_added.run.errors import UserError

SEEDS = range(40)


def scores_by_hand(one) -> np.ndarray:
    m, n = one.year.licensed.shape
    table = np.zeros((m, n))
    for teacher in range(m):
        for row, place in enumerate(one.position):
            table[teacher, place] += slow_score(one, teacher, row)
    return table


# W1 of the build notes: two positions of 30 and 10 students, teachers A, B, C.
STUDENTS = np.array([30.0, 10.0])
EFFECTS = np.array([0.10, 0.00, -0.05])


def worked(same_school: bool = True):
    zero = np.zeros(3)
    teachers = Teachers(EFFECTS, zero, zero, zero, zero, 0.0, 0.0)
    sums = Sums(STUDENTS, np.zeros(2), np.zeros(2), np.zeros(2))
    year = Year(
        2010,
        np.array([-1, 0, 1]),
        np.array([0, 0 if same_school else 1]),
        np.ones((3, 2), dtype=bool),
        np.array(["x", "x"]),
    )
    accepted = np.array([[True, True], [True, False], [True, True]])
    return year, teachers, sums, accepted


def gain(year, teachers, sums, plan) -> float:
    return decomposition(
        year, teachers, sums, match_scores(teachers, sums, np.zeros((3, 2))), plan.holder
    ).total


def test_the_worked_example_to_its_digits():
    year, teachers, sums, accepted = worked()
    scores = total_scores(teachers, sums, np.zeros((3, 2)))
    made = plans(year, scores, masks(year, accepted))
    assert [made[name].value for name in SCENARIOS] == pytest.approx([3.0, 2.5, -0.5, -0.5])
    assert made["unconstrained"].holder.tolist() == [0, 1]
    assert made["unharmed"].holder.tolist() == [0, 2]
    assert [gain(year, teachers, sums, made[name]) for name in SCENARIOS] == pytest.approx(
        [0.0875, 0.075, 0.0, 0.0]
    )
    by_class = plans(year, aim_scores("class_mean", scores, sums, None), masks(year, accepted))
    plan = by_class["unconstrained"]
    zero = match_scores(teachers, sums, np.zeros((3, 2)))
    assert class_decomposition(year, teachers, sums, zero, plan.holder).total == pytest.approx(
        0.075
    )
    assert decomposition(year, teachers, sums, zero, plan.holder).match == 0.0
    weights, exact = random_weights(year, np.random.default_rng(1))
    assert exact and (weights * scores).sum() / 40 == pytest.approx(-0.025)
    observed = scores[year.observed, [0, 1]].sum() / 40
    assert observed - (weights * scores).sum() / 40 == pytest.approx(0.0125)


def test_one_school_makes_the_last_two_scenarios_the_same():
    for seed in SEEDS:
        one = case(seed, schools=1)
        allowed = masks(one.year, accepts(one.year, one.draw.utility))
        np.testing.assert_array_equal(allowed["same_school"], allowed["observed_retention"])


def test_scores_are_those_of_the_students_one_by_one():
    for seed in range(5):
        one = case(seed)
        np.testing.assert_allclose(
            total_scores(one.draw.teachers, one.sums, one.draw.eta), scores_by_hand(one), atol=1e-12
        )


def test_counts_of_proficient_students_are_those_of_the_students_one_by_one():
    one = case(3)
    m, n = one.year.licensed.shape
    counts, expected = np.zeros((m, n)), np.zeros((m, n))
    for teacher in range(m):
        for row, place in enumerate(one.position):
            surplus = slow_score(one, teacher, row) - one.draw.need[row]
            counts[teacher, place] += surplus >= 0
            expected[teacher, place] += 0.5 * erfc(-surplus / 0.57 / sqrt(2))
    args = one.students, one.draw.teachers, one.draw.eta, one.draw.need
    np.testing.assert_array_equal(proficient(*args), counts)
    np.testing.assert_allclose(proficient(*args, sd=0.57), expected, atol=1e-12)
    assert 0 < counts.sum() < m * len(one.position)


def test_the_teachers_part_of_each_students_score():
    one = case(4)
    holder = one.year.observed
    part = teachers_part(one.students, one.draw.teachers, one.draw.eta, holder)
    slow = [slow_score(one, holder[place], row) for row, place in enumerate(one.position)]
    np.testing.assert_allclose(part, slow, atol=1e-12)


@pytest.mark.parametrize("aim", ["mean_score", "share_proficient", "class_mean"])
def test_plans_are_the_best_of_all_assignments(aim):
    for seed in SEEDS:
        one = case(seed)
        allowed = masks(one.year, accepts(one.year, one.draw.utility))
        scores = scores_of(one.draw, aim, one.sums, one.students)
        made = plans(one.year, scores, allowed)
        for name in SCENARIOS:
            masked = np.where(allowed[name], scores, -np.inf)
            m, n = masked.shape
            best = max(masked[list(rows), np.arange(n)].sum() for rows in permutations(range(m), n))
            assert made[name].value == pytest.approx(best, abs=1e-12)
            assert abs(made[name].relative_gap) < 1e-12
        values = [made[name].value for name in SCENARIOS]
        assert all(wide >= narrow - 1e-12 for wide, narrow in pairwise(values))


def test_nobody_who_keeps_a_position_is_worse_off_where_consent_is_asked():
    one = case(7, m=30, n=20)
    planned = plan_draws(one.year, [one.draw], one.sums, one.students, ["mean_score"])
    made, results = planned.plans, planned.results
    by_scenario = results.set_index("scenario")
    assert (by_scenario.loc[list(SCENARIOS[1:]), "worse_off"] == 0).all()
    assert by_scenario.loc["unconstrained", "worse_off"] > 0
    assert (by_scenario.loc[["observed_retention", "same_school"], "displaced"] == 0).all()
    assert by_scenario["displaced"].equals(by_scenario["brought_in"])
    gaps = by_scenario["relative_gap"].drop("observed")
    assert len(made) == 4 * 20 and (gaps.abs() < 1e-12).all()


def test_the_parts_of_a_gain_add_up():
    for seed in SEEDS:
        one = case(seed)
        allowed = masks(one.year, accepts(one.year, one.draw.utility))
        scores = total_scores(one.draw.teachers, one.sums, one.draw.eta)
        plan = plans(one.year, scores, allowed)["unconstrained"]
        match = match_scores(one.draw.teachers, one.sums, one.draw.eta)
        parts = decomposition(one.year, one.draw.teachers, one.sums, match, plan.holder)
        observed = scores[one.year.observed, np.arange(len(plan.holder))].sum()
        total = (plan.value - observed) / len(one.position)
        assert parts.effectiveness + parts.match == parts.total == pytest.approx(total, abs=1e-12)


def test_gains_by_group_are_those_of_the_students_one_by_one():
    one = case(6)
    students, draw = one.students, one.draw
    quartile = quartiles(students.previous, np.zeros(len(one.position), dtype=int))
    members = group_names(quartile, (students.minority == 0).astype(int))
    groups = make_groups(students, members)
    weights, _ = random_weights(one.year, np.random.default_rng(1))
    planned = plan_draws(
        one.year, [draw], one.sums, students, ["mean_score"], None, groups, weights
    )
    table = planned.gains.set_index(["scenario", "group"])
    m = len(one.theta)
    slow = np.array(
        [[slow_score(one, who, row) for row in range(len(one.position))] for who in range(m)]
    )
    reached = (slow >= draw.need).astype(float)
    holders = {
        scenario: plan.sort_values("position")["candidate"].to_numpy()
        for scenario, plan in planned.plans.groupby("scenario")
    }
    assert len(holders) == 4
    for scenario, holder in {**holders, "observed": one.year.observed}.items():
        for name, own in members.items():
            found = table.loc[(scenario, name)]
            assert found["students"] == own.sum()
            for value, by_student in (("score", slow), ("proficient", reached)):
                rows = np.arange(len(one.position))
                new = by_student[holder[one.position], rows][own].sum()
                old = by_student[one.year.observed[one.position], rows][own].sum()
                mean = (by_student * weights[:, one.position])[:, own].sum()
                assert found[f"gain_{value}"] == pytest.approx(new - old, abs=1e-9)
                assert found[f"gain_{value}_over_random"] == pytest.approx(new - mean, abs=1e-9)
    parts = table["gain_score"].unstack()
    whole = parts["all"]
    for names in ([f"quartile_{number}" for number in (1, 2, 3, 4)], ["white", "non_white"]):
        np.testing.assert_allclose(parts[names].sum(axis=1), whole, atol=1e-12)


def test_effectiveness_cannot_change_class_means_of_a_fixed_pool():
    for seed in SEEDS:
        one = case(seed)
        scores = scores_of(one.draw, "class_mean", one.sums, None)
        allowed = masks(one.year, accepts(one.year, one.draw.utility))
        plan = plans(one.year, scores, allowed)["observed_retention"]
        match = match_scores(one.draw.teachers, one.sums, one.draw.eta)
        parts = class_decomposition(one.year, one.draw.teachers, one.sums, match, plan.holder)
        assert parts.effectiveness == pytest.approx(0.0, abs=1e-14)
        assert parts.match >= -1e-14


def test_a_constant_added_to_all_teachers_changes_no_plan_of_a_fixed_pool():
    for seed in SEEDS:
        one = case(seed)
        allowed = masks(one.year, accepts(one.year, one.draw.utility))
        higher = replace(one.draw.teachers, effectiveness=one.draw.teachers.effectiveness + 10.0)
        first, second = (
            plans(one.year, total_scores(who, one.sums, one.draw.eta), allowed)
            for who in (one.draw.teachers, higher)
        )
        for name in SCENARIOS[2:]:
            np.testing.assert_array_equal(first[name].holder, second[name].holder)


def test_class_means_of_equal_classes_are_the_mean_score():
    one = case(9)
    sums = replace(one.sums, students=np.full(4, 10.0))
    totals = total_scores(one.draw.teachers, sums, one.draw.eta)
    allowed = masks(one.year, accepts(one.year, one.draw.utility))
    first = plans(one.year, totals, allowed)
    second = plans(one.year, aim_scores("class_mean", totals, sums, None), allowed)
    for name in SCENARIOS:
        np.testing.assert_array_equal(first[name].holder, second[name].holder)


def test_no_plan_of_another_aim_is_better_at_an_aim_than_its_own():
    aims = ["mean_score", "share_proficient", "class_mean"]
    for seed in range(10):
        one = case(seed)
        results = plan_draws(one.year, [one.draw], one.sums, one.students, aims).results
        made = {aim: scores_of(one.draw, aim, one.sums, one.students) for aim in aims}
        allowed = masks(one.year, accepts(one.year, one.draw.utility))
        for aim in aims:
            own = results[results["aim"] == aim].set_index("scenario")["value"]
            for other in aims:
                for name, plan in plans(one.year, made[other], allowed).items():
                    value = made[aim][plan.holder, np.arange(len(plan.holder))].sum()
                    assert value <= own[name] + 1e-12


def draws_of(number: int):
    """Draws in which effectiveness is the mean of all draws and noise."""
    one = case(11, m=12, n=9)
    rng, made = np.random.default_rng(2), []
    for place in range(number):
        noise = rng.normal(0, 0.05, len(one.theta))
        teachers = replace(one.draw.teachers, effectiveness=one.draw.teachers.effectiveness + noise)
        made.append(replace(one.draw, number=place, teachers=teachers))
    return one, made


def test_the_feasible_planner_gains_no_more_than_the_clairvoyant():
    one, draws = draws_of(30)
    expected = {"mean_score": expected_scores(draws, "mean_score", one.sums, None)}
    results = plan_draws(one.year, draws, one.sums, None, ["mean_score"], expected).results
    table = results.pivot(index=["draw", "scenario"], columns="planner", values="value")
    assert (table[FEASIBLE] <= table["clairvoyant"] + 1e-12).all()
    assert (table[FEASIBLE] < table["clairvoyant"] - 1e-6).mean() > 0.3
    mean = results.groupby(["planner", "scenario"])["total"].mean()
    assert mean[FEASIBLE]["unconstrained"] > 0


def test_blocking_pairs_of_a_plan_by_hand():
    one = case(5)
    planned = plan_draws(one.year, [one.draw], one.sums, one.students, ["mean_score"])
    made, results = planned.plans, planned.results
    allowed = masks(one.year, accepts(one.year, one.draw.utility))["unconstrained"]
    for scenario, plan in made.groupby("scenario"):
        holder = plan.sort_values("position")["candidate"].to_numpy()
        utility, worth = one.draw.utility, one.draw.worth
        count = 0
        for teacher, place in np.argwhere(allowed):
            own = np.flatnonzero(holder == teacher)
            gains = not len(own) or utility[teacher, place] > utility[teacher, own[0]]
            count += gains and worth[teacher, place] > worth[holder[place], place]
        found = results.set_index("scenario").loc[scenario, "blocking_pairs"]
        assert found == count


def test_a_candidate_blocks_no_position_that_she_would_refuse():
    """With all to gain for schools, an outsider's pairs are the positions she prefers to hers."""
    one = case(5)
    free = np.flatnonzero(one.year.own < 0)
    pairs = {}
    for elsewhere in (-np.inf, 0.0, np.inf, np.nan):
        status_quo = np.full(len(one.year.own), elsewhere)
        worth = np.zeros(one.draw.worth.shape)
        worth[free] = 1.0
        draw = replace(one.draw, worth=worth, status_quo=status_quo)
        results = plan_draws(one.year, [draw], one.sums, None, ["mean_score"]).results
        observed = results.set_index("scenario").loc["observed"]
        pairs[elsewhere] = observed["blocking_pairs"]
    open_to_them = one.year.licensed[free]
    wanted = int((open_to_them & (one.draw.utility[free] >= 0)).sum())
    assert 0 < wanted < open_to_them.sum()
    assert list(pairs.values()) == [open_to_them.sum(), wanted, 0, open_to_them.sum()]


def test_random_assignment_within_groups_is_exact_and_the_chain_agrees():
    year = Year(
        2011,
        np.arange(5),
        np.zeros(5, dtype=int),
        np.array([[1, 1, 0, 0, 0]] * 2 + [[0, 0, 1, 1, 1]] * 3, dtype=bool),
        np.array(list("aabbb")),
    )
    weights, exact = random_weights(year, np.random.default_rng(1))
    assert exact
    by_hand = np.array([[1 / 2, 1 / 2, 0, 0, 0]] * 2 + [[0, 0, 1 / 3, 1 / 3, 1 / 3]] * 3)
    np.testing.assert_allclose(weights, by_hand)
    assert by_groups(np.array([[True, True], [True, False]])) is None


def test_the_chain_is_uniform_over_all_assignments():
    allowed = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [0, 1, 1, 1], [1, 0, 1, 1]], dtype=bool)
    year = Year(2011, np.arange(4), np.zeros(4, dtype=int), allowed, np.array(list("abab")))
    weights, exact = random_weights(year, np.random.default_rng(1), draws=20_000, sweeps=5)
    assert not exact
    ways = [rows for rows in permutations(range(4)) if allowed[list(rows), np.arange(4)].all()]
    by_hand = np.zeros((4, 4))
    for rows in ways:
        by_hand[list(rows), np.arange(4)] += 1 / len(ways)
    np.testing.assert_allclose(weights, by_hand, atol=0.02)


def test_own_positions_are_open_whatever_the_licences():
    one = case(1)
    licensed = np.zeros_like(one.year.licensed)
    year = replace(one.year, licensed=licensed)
    assert year.unlicensed == len(year.school)
    scores = total_scores(one.draw.teachers, one.sums, one.draw.eta)
    made = plans(year, scores, masks(year, accepts(year, one.draw.utility)))
    np.testing.assert_array_equal(made["unconstrained"].holder, year.observed)
    assert moved(year, made["unconstrained"].holder) == {
        "moves": 0,
        "displaced": 0,
        "brought_in": 0,
    }


def test_positions_that_nobody_may_take_are_named():
    one = case(1)
    scores = total_scores(one.draw.teachers, one.sums, one.draw.eta)
    allowed = {"unconstrained": np.zeros_like(one.year.licensed)}
    allowed["unconstrained"][:, 0] = True
    with pytest.raises(UserError) as raised:
        plans(one.year, scores, allowed)
    text = str(raised.value)
    assert "2012: more positions than candidates who may take them (1 of licence a, 2 of" in text
    assert "Add candidates or licences" in text


def test_a_candidate_elsewhere_refuses_what_is_worth_less_if_that_is_known():
    one = case(2)
    free = np.flatnonzero(one.year.own < 0)
    status_quo = np.full(len(one.year.own), np.nan)
    status_quo[free[0]] = np.inf
    accepted = accepts(one.year, one.draw.utility, status_quo)
    assert not accepted[free[0]].any() and accepted[free[1]].all()
    assert accepts(one.year, one.draw.utility)[free].all()


def test_quartiles_are_of_each_cell():
    rng = np.random.default_rng(0)
    previous, cell = rng.normal(size=41), np.repeat([0, 1], [20, 21])
    group = quartiles(previous, cell)
    assert np.bincount(group[:20]).tolist() == [5, 5, 5, 5]
    assert np.bincount(group[20:]).tolist() == [6, 5, 5, 5]
    for one in (0, 1):
        own = cell == one
        assert (np.diff(group[own][np.argsort(previous[own])]) >= 0).all()


def test_what_does_not_fit_is_refused():
    one = case(1)
    with pytest.raises(UserError, match="2012: 1 positions with no teacher or two"):
        own = one.year.own.copy()
        own[np.flatnonzero(own == 0)] = -1
        replace(one.year, own=own)
    with pytest.raises(UserError, match=r"2012: school is \(1,\), want \(4,\)"):
        replace(one.year, school=np.zeros(1, dtype=int))
    with pytest.raises(UserError, match=r"reassignment\.aims: 'median'; want mean_score, share"):
        scores_of(one.draw, "median", one.sums, one.students)
    with pytest.raises(UserError, match=r"the second with counts"):
        scores_of(replace(one.draw, need=None), "share_proficient", one.sums, one.students)
    with pytest.raises(UserError, match=r"reassignment\.draws: no draw"):
        expected_scores([], "mean_score", one.sums, None)
