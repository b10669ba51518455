"""Runs, policies and their table: identities of section 8 of the design, and planted failures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from market_cases import drawn_market

from welfare_added.assignment.one_to_one import best_pairs_first, blocking_pairs
from welfare_added.assignment.stable_set import stable_set
from welfare_added.market.achievement import measures, random_measures
from welfare_added.market.all_stable import _median, stable_set_table, stable_sets
from welfare_added.market.policies import OPTIMA, POLICIES, SERIAL, allocate
from welfare_added.market.policy_tables import ALL, paired, policy_table, simulate_policies
from welfare_added.market.simulate import Choices, Run, draw_run, runs_of
from welfare_added.run.errors import UserError

CHOICES = Choices(runs=12, seed=5)


@pytest.fixture(scope="module")
def market():
    return drawn_market()


@pytest.fixture(scope="module")
def runs(market):
    return simulate_policies(market, CHOICES)


@pytest.fixture(scope="module")
def table(runs):
    return policy_table(runs).set_index("policy")


def pivot(runs, measure="achievement"):
    return runs.pivot(index="run", columns="policy", values=measure)


def example(utility, principal, value_added_per_student, gamma=1.0):
    """A run of as many teachers as positions, of one student each, without errors."""
    count = len(utility)
    market = drawn_market(count, count)
    effect = np.asarray(value_added_per_student, dtype=float)
    market = replace(
        market,
        mu=np.zeros((count, 2)),
        class_size=np.ones(count),
        share_1=np.full(count, 0.5),
        match_effect=effect,
        gamma=gamma,
        meets=np.ones((count, count), dtype=bool),
    )
    utility, principal = np.asarray(utility, float), np.asarray(principal, float)
    every = np.arange(count)
    return Run(0, market, every, every, utility, principal, CHOICES)


def test_footnote_4_of_the_paper():
    output = [[10, 9], [8, 0]]
    run = example(np.zeros((2, 2)), np.zeros((2, 2)), output)
    assert allocate(run, "both").partner.tolist() == [0, 1]
    assert allocate(run, "best").partner.tolist() == [1, 0]
    students = 2
    assert measures(run, np.array([0, 1]))["achievement"] * students == 10
    assert measures(run, np.array([1, 0]))["achievement"] * students == 17
    second = example(np.zeros((2, 2)), np.zeros((2, 2)), [[10, 9], [11, 0]])
    for policy in ("both", "best"):
        partner = allocate(second, policy).partner
        assert partner.tolist() == [1, 0]
        assert measures(second, partner)["achievement"] * students == 20


def test_footnote_18_of_the_paper():
    output = [[10, 9], [8, 0]]
    run = example([[1, 0], [1, 0]], [[0, 0], [1, 1]], output)
    both = {name: allocate(run, name).partner for name in ("all_options", "principals")}
    assert both["all_options"].tolist() == [1, 0] and both["principals"].tolist() == [0, 1]
    totals = {name: measures(run, one)["achievement"] * 2 for name, one in both.items()}
    assert totals == {"all_options": 17, "principals": 10}


def test_no_stable_allocation_has_a_blocking_pair(market, runs):
    stable = runs[runs["policy"].isin(POLICIES)]
    assert len(stable) == len(POLICIES) * CHOICES.runs and (stable["blocking"] == 0).all()
    run = next(runs_of(market, CHOICES))
    wrong = allocate(run, "status_quo").partner[::-1]
    assert blocking_pairs(run.teachers, run.principals, wrong, market_meets(run)) > 0


def market_meets(run):
    return run.market.meets


def test_first_best_is_at_least_any_policy_and_worst_at_most(runs):
    achieved = pivot(runs)
    assert (achieved.drop(columns="best").max(axis=1) <= achieved["best"] + 1e-9).all()
    assert (achieved.drop(columns="worst").min(axis=1) >= achieved["worst"] - 1e-9).all()
    utility = pivot(runs, "utility_minutes")
    others = utility.drop(columns="teacher_best").max(axis=1)
    assert (others <= utility["teacher_best"] + 1e-6).all()
    assert (runs.loc[runs["policy"].isin(OPTIMA), "relative_gap"].abs() < 1e-9).all()


def test_table_7s_order_of_the_means(table):
    gain = table["gain"]
    assert gain["all_options"] < gain["teachers"] < gain["best"]
    assert gain["both"] < gain["best"]


def test_teacher_proposing_is_as_good_for_every_teacher(market):
    for run in runs_of(market, CHOICES):
        rows = np.arange(len(run.positions))
        for ours, other in (
            ("status_quo", "school_proposing"),
            ("all_options", "all_options_school_proposing"),
        ):
            own, theirs = (allocate(run, name).partner for name in (ours, other))
            if ours == "status_quo":  # pairs that cannot meet come last, whatever their utility
                level = run.market.meets * 1e6
                assert (
                    (run.teachers + level)[rows, own] >= (run.teachers + level)[rows, theirs]
                ).all()
            else:
                assert (run.teachers[rows, own] >= run.teachers[rows, theirs]).all()


def test_both_by_value_added_is_best_pairs_first(market):
    for run in runs_of(market, CHOICES):
        both = measures(run, allocate(run, "both").partner)["achievement"]
        greedy = measures(run, best_pairs_first(run.market.value_added))["achievement"]
        assert both == pytest.approx(greedy, abs=1e-12)


def test_random_allocation_is_the_mean_over_permutations(market):
    run = next(runs_of(drawn_market(6, 9), Choices(2, 3)))
    from itertools import permutations

    every = [measures(run, np.array(one)) for one in permutations(range(6))]
    mean = pd.DataFrame(every).mean()
    for name, value in random_measures(run).items():
        assert value == pytest.approx(mean[name], rel=1e-10)
    with_effects = replace(run, market=replace(run.market, match_effect=run.teachers * 0.1))
    every = [measures(with_effects, np.array(one)) for one in permutations(range(6))]
    mean = pd.DataFrame(every).mean()
    for name, value in random_measures(with_effects).items():
        assert value == pytest.approx(mean[name], rel=1e-10)


def test_gains_by_type_weighted_by_students_are_the_gain(market):
    for run in runs_of(market, CHOICES):
        found = measures(run, allocate(run, "status_quo").partner)
        students = run.market.students.sum(axis=0)
        by_type = np.array([found["achievement_0"], found["achievement_1"]])
        total = by_type @ students / students.sum()
        assert found["achievement"] == pytest.approx(total, abs=1e-12)


def test_measures_add_up_value_added_pair_by_pair(market):
    run = next(runs_of(market, CHOICES))
    partner = allocate(run, "all_options").partner
    total = sum(run.market.value_added[j, p] for j, p in enumerate(partner))
    found = measures(run, partner)
    assert found["achievement"] == pytest.approx(total / run.market.class_size.sum(), abs=1e-12)
    minutes = np.mean([run.teachers[j, p] for j, p in enumerate(partner)]) / market.gamma
    assert found["utility_minutes"] == pytest.approx(minutes, abs=1e-9)


def test_equal_positions_leave_nothing_to_gain():
    market = drawn_market()
    same = replace(
        market, class_size=np.full(45, 20.0), share_1=np.full(45, 0.4), match_effect=None
    )
    table = policy_table(simulate_policies(same, CHOICES))
    assert table["gain"].abs().max() < 1e-9 and table["gain_0"].abs().max() < 1e-9


def test_same_value_added_of_both_types_and_classes_of_one_size_leave_nothing():
    market = drawn_market()
    same = replace(market, mu=market.mu[:, [0, 0]], class_size=np.full(45, 20.0))
    table = policy_table(simulate_policies(same, CHOICES))
    assert table["gain"].abs().max() < 1e-9


def test_relabelling_teachers_and_positions_changes_nothing(market):
    random = np.random.default_rng(3)
    run = next(runs_of(market, CHOICES))
    j, p = (random.permutation(len(run.positions)) for _ in range(2))
    traits = {name: values[j] for name, values in run.market.teacher_traits.items()}
    pairs = {
        name: getattr(run.market, name)[j][:, p]
        for name in ("utility", "principal", "meets", "minutes")
    }
    other = replace(
        run.market,
        mu=run.market.mu[j],
        class_size=run.market.class_size[p],
        share_1=run.market.share_1[p],
        absolute_advantage=run.market.absolute_advantage[j],
        teacher_traits=traits,
        **pairs,
    )
    moved = Run(
        0,
        other,
        run.people[j],
        run.positions[p],
        run.teachers[j][:, p],
        run.principals[j][:, p],
        CHOICES,
    )
    for policy in (*POLICIES, "best", "teacher_best", "worst"):
        own, same = allocate(run, policy).partner, allocate(moved, policy).partner
        assert np.array_equal(p[same], own[j]), policy


def test_a_constant_in_a_teachers_or_principals_utility_changes_no_allocation(market):
    run = next(runs_of(market, CHOICES))
    random = np.random.default_rng(8)
    count = len(run.positions)
    other = Run(
        0,
        run.market,
        run.people,
        run.positions,
        run.teachers + random.normal(size=(count, 1)),
        run.principals + random.normal(size=count),
        CHOICES,
    )
    for policy in (*POLICIES, "serial_advantage", "serial_schools", "teacher_best"):
        assert np.array_equal(allocate(run, policy).partner, allocate(other, policy).partner)


def test_errors_are_those_of_the_seed_whatever_the_number_of_runs_or_threads(market, runs):
    more = simulate_policies(market, replace(CHOICES, runs=14), threads=2)
    pd.testing.assert_frame_equal(more[more["run"] < 12], runs)
    other = simulate_policies(market, replace(CHOICES, seed=6))
    assert (pivot(other)["status_quo"] != pivot(runs)["status_quo"]).all()


def test_as_many_positions_are_kept_as_teachers_and_each_as_often():
    market, choices = drawn_market(10, 40), Choices(400, 2)
    kept = [draw_run(market, choices, 0, seed).positions for seed in choices.seeds()]
    assert all(len(np.unique(one)) == 10 and (np.diff(one) > 0).all() for one in kept)
    often = np.bincount(np.concatenate(kept), minlength=40)
    assert abs(often - 100).max() < 5 * np.sqrt(400 * 0.25 * 0.75)


def test_errors_have_the_laws_of_the_model():
    market = drawn_market(40, 40)
    first, second = [], []
    for run in runs_of(market, Choices(30, 4)):
        first.append(run.teachers - run.market.utility)
        second.append(run.principals - run.market.principal)
    first, second = np.array(first), np.array(second)
    assert first.mean() == pytest.approx(np.euler_gamma, abs=0.03)
    assert first.var() == pytest.approx(np.pi**2 / 6, rel=0.03)
    assert second.mean() == pytest.approx(0, abs=0.03)
    assert second.var() == pytest.approx(np.pi**2 / 3, rel=0.03)
    gumbel = next(runs_of(market, Choices(2, 4, principal_errors="gumbel")))
    assert not np.array_equal(gumbel.principals - gumbel.market.principal, second[0])


def test_unmatched_leaves_the_same_teachers_out_of_both_ends():
    market = drawn_market(meets=drawn_market().meets & (np.arange(45) % 4 == 0))
    table = policy_table(simulate_policies(market, replace(CHOICES, infeasible="unmatched")))
    by_policy = table.set_index("policy")
    assert by_policy.loc["status_quo", "matched"] < 30
    assert by_policy.loc["school_proposing", "matched"] == by_policy.loc["status_quo", "matched"]
    assert by_policy.loc["all_options", "matched"] == 30
    for run in runs_of(market, replace(CHOICES, infeasible="unmatched")):
        ends = [allocate(run, name).partner >= 0 for name in ("status_quo", "school_proposing")]
        assert np.array_equal(*ends)


def test_denominator_of_matched_positions_is_smaller_than_of_all_kept():
    market = drawn_market(meets=drawn_market().meets & (np.arange(45) % 4 == 0))
    run = next(runs_of(market, replace(CHOICES, infeasible="unmatched", denominator="matched")))
    partner = allocate(run, "status_quo").partner
    held = partner[partner >= 0]
    kept = replace(run, choices=replace(run.choices, denominator="kept"))
    ratio = measures(run, partner)["achievement"] / measures(kept, partner)["achievement"]
    sizes = run.market.class_size
    assert ratio == pytest.approx(sizes.sum() / sizes[held].sum())


def test_serial_dictatorships_let_the_highest_pick_first(market):
    run = next(runs_of(market, CHOICES))
    partner = allocate(run, "serial_advantage").partner
    first = np.argmax(run.market.absolute_advantage)
    allowed = np.where(run.market.meets[first], run.teachers[first], -np.inf)
    assert partner[first] == np.argmax(allowed)
    partner = allocate(run, "serial_schools").partner
    school = np.argmax(run.market.share_1)
    allowed = np.where(run.market.meets[:, school], run.principals[:, school], -np.inf)
    assert partner[np.argmax(allowed)] == school


def test_policies_that_need_a_missing_trait_are_left_out_of_the_table():
    market = drawn_market(teacher_traits={})
    table = policy_table(simulate_policies(market, Choices(2, 1)))
    assert set(ALL) - set(table["policy"]) == {"serial_experience"}
    run = next(runs_of(market, CHOICES))
    with pytest.raises(UserError, match="teachers have no column experience"):
        allocate(run, "serial_experience")


def test_standard_errors_are_of_paired_differences(runs, table):
    achieved = pivot(runs)
    for policy in ("all_options", "best"):
        gain = achieved[policy] - achieved["status_quo"]
        assert table.loc[policy, "gain"] == pytest.approx(gain.mean(), abs=1e-9)
        error = gain.std(ddof=1) / np.sqrt(12)
        assert table.loc[policy, "gain_se"] == pytest.approx(error, abs=1e-9)
    assert (paired(runs)[runs["policy"] == "status_quo"]["achievement"] == 0).all()


def test_set_of_stable_allocations_has_the_two_acceptances_between_its_extremes(market, runs):
    sets = stable_sets(market, CHOICES)
    inside = sets[["teacher_optimal", "median", "school_optimal"]].to_numpy()
    assert (inside >= sets[["lowest"]].to_numpy() - 1e-9).all()
    assert (inside <= sets[["highest"]].to_numpy() + 1e-9).all()
    achieved = pivot(runs)
    by_setting = sets.pivot(index="run", columns="setting", values="school_optimal")
    gain = achieved["all_options_school_proposing"] - achieved["status_quo"]
    np.testing.assert_allclose(by_setting["all_options"], gain, atol=3e-9)
    table = stable_set_table(sets).set_index("setting")
    assert table.loc["both", "unique"] == 1 and table.loc["both", "same_partner"] == 1
    assert table.loc["all_options", "same_partner"] < 1
    assert table.loc["all_options", "matchings"] > 1 and table.loc["all_options", "range"] > 0
    single = sets[sets["rotations"] == 0]
    assert (single["matchings"] == 1).all() and (single["lowest"] == single["highest"]).all()


def test_median_stable_allocation_has_each_teachers_median_position():
    market = drawn_market(12, 12)
    found = 0
    for run in runs_of(market, Choices(40, 2)):
        lists = (
            run.lists("teachers", "estimated", "all"),
            run.lists("principals", "estimated", "all"),
        )
        every = stable_set(*lists)
        partner = _median(every, lists[0].place)
        assert blocking_pairs(run.teachers, run.principals, partner) == 0
        rows = np.arange(12)
        worth = np.sort(run.teachers[rows, every.matchings()], axis=0)[::-1]
        np.testing.assert_array_equal(run.teachers[rows, partner], worth[(len(worth) - 1) // 2])
        found += not np.array_equal(partner, every.row_best)
    assert found > 3


def test_fewer_positions_than_teachers_are_refused_with_both_counts():
    market = drawn_market(30, 20)
    with pytest.raises(UserError, match="30 teachers with value added but 20 positions"):
        simulate_policies(market, CHOICES)
    dropped = replace(CHOICES, surplus="drop")
    runs = list(runs_of(market, dropped))
    assert all(len(np.unique(run.people)) == 20 == len(run.positions) for run in runs)
    often = np.bincount(np.concatenate([run.people for run in runs]), minlength=30)
    assert often.max() < 12 and often.min() > 0
    run = runs[0]
    at = np.ix_(run.people, run.positions)
    assert np.array_equal(run.market.value_added, market.value_added[at])
    table = policy_table(simulate_policies(market, dropped))
    assert (table["matched"].dropna() == 20).all() and (table["blocking"].dropna() == 0).all()


def test_bad_arrays_are_refused():
    market = drawn_market()
    mu = market.mu.copy()
    mu[0, 0] = np.nan
    with pytest.raises(UserError, match="mu is missing or infinite in 1 places"):
        replace(market, mu=mu)
    with pytest.raises(UserError, match=r"minute less of commute is -0.073"):
        replace(market, gamma=-0.073)
    with pytest.raises(ValueError, match=r"principal has shape \(29, 45\)"):
        replace(market, principal=market.principal[1:])
    with pytest.raises(UserError, match="shares between 0 and 1"):
        replace(market, share_1=market.share_1 + 1)


def test_unknown_words_are_refused():
    with pytest.raises(
        UserError, match=r"market.infeasible: 'first' is unknown; want last or unma"
    ):
        Choices(2, 1, infeasible="first")
    with pytest.raises(UserError, match="standard errors want at least 2"):
        Choices(1, 1)
    run = next(runs_of(drawn_market(), CHOICES))
    with pytest.raises(UserError, match="policy 'free' is unknown; want status_quo, "):
        allocate(run, "free")
    assert set(SERIAL) | set(POLICIES) | set(OPTIMA) | {"random"} == set(ALL)
