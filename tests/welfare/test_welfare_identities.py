"""Identities that hold for every district, plan and weight, to 1e-12."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.welfare import bias, text_numbers
from welfare_added.welfare.classrooms import (
    build_classrooms,
    by_group,
    score_by_type,
    subject_weights,
)
from welfare_added.welfare.earnings import earnings_array, earnings_of_plan, lifetime_value
from welfare_added.welfare.equal_gain_index import equal_gain
from welfare_added.welfare.gaps import gap_changes
from welfare_added.welfare.public_funds import break_even_bonus, marginal_value
from welfare_added.welfare.ranking import welfare_added
from welfare_added.welfare.reallocations import Reallocation, changes, group_gains
from welfare_added.welfare.winners import winners_and_losers

CLOSE = 1e-12
seeds = st.integers(0, 2**32 - 1)
unit = st.floats(0, 1)
few = settings(max_examples=25, deadline=None)


def draw(make, seed, subject="ela", scope="district"):
    students, slots = make.tables(seed, schools=2, classes=2)
    classrooms = build_classrooms(slots, students, "slots")
    plan = make.plan(slots, scope, 2, seed)
    return classrooms, Reallocation(subject, scope, "standard", np.array([0.0, 1.0]), plan)


@few
@given(seed=seeds)
def test_groups_partition_students_and_their_gains(make, seed):
    classrooms, reallocation = draw(make, seed)
    sums = changes(reallocation, classrooms, classrooms.effects)
    sizes = classrooms.group_sizes
    assert (sizes.sum(axis=1) == classrooms.counts.sum()).all()
    everyone = sums.sum(axis=(-3, -2, -1))
    gains = group_gains(sums, classrooms)
    assert np.abs((gains * sizes).sum(axis=-1) - everyone).max() < CLOSE
    races = sums.sum(axis=(-2, -1)).sum(axis=-1)
    assert np.abs(races - everyone).max() < CLOSE


@few
@given(seed=seeds, subject=st.sampled_from(["ela", "math", "both"]), ela=unit)
def test_winners_and_losers_compose_the_mean_gain(make, seed, subject, ela):
    classrooms, reallocation = draw(make, seed)
    weights = subject_weights(subject, ela)
    sums = changes(reallocation, classrooms, classrooms.effects)
    score = score_by_type(classrooms.effects, weights)
    mean = weights @ sums.sum(axis=(-3, -2, -1)).T / classrooms.counts.sum()
    for position, teachers in enumerate(reallocation.teachers):
        found = winners_and_losers(teachers, classrooms, score)
        wins = found["share_helped"] * found["mean_win"] if found["share_helped"] else 0.0
        losses = found["share_harmed"] * found["mean_loss"] if found["share_harmed"] else 0.0
        assert abs(wins - losses - mean[position]) < CLOSE
        assert found["share_harmed"] + found["share_helped"] <= 1


@few
@given(seed=seeds, ela=unit)
def test_gaps_of_both_mix_the_subjects(make, seed, ela):
    classrooms, reallocation = draw(make, seed)
    sums = changes(reallocation, classrooms, classrooms.effects)
    by_subject = [gap_changes(sums, classrooms, subject_weights(s, ela)) for s in ("ela", "math")]
    both = gap_changes(sums, classrooms, subject_weights("both", ela))
    mixed = ela * by_subject[0] + (1 - ela) * by_subject[1]
    assert np.nanmax(np.abs(both - mixed)) < CLOSE


@few
@given(seed=seeds)
def test_a_shift_of_all_effects_changes_nothing(make, seed):
    classrooms, reallocation = draw(make, seed)
    shifted = classrooms.effects + np.array([[0.3, -0.2], [0.1, 0.7]])
    plain = changes(reallocation, classrooms, classrooms.effects)
    assert np.abs(changes(reallocation, classrooms, shifted) - plain).max() < CLOSE


@few
@given(weight=unit, gain=st.floats(-1, 1), lower=st.floats(1, 1e5), higher=st.floats(1, 1e5))
def test_equal_gains_are_their_own_index(weight, gain, lower, higher):
    assert equal_gain(weight, gain, gain, lower, higher) == pytest.approx(gain, abs=CLOSE)


@few
@given(weight=unit, low=st.floats(-1, 1), high=st.floats(-1, 1))
def test_the_planner_is_indifferent_to_the_index(weight, low, high):
    lower, higher = 30.0, 50.0
    found = equal_gain(weight, low, high, lower, higher)
    objective = weight * lower * low + (1 - weight) * higher * high
    same = weight * lower * found + (1 - weight) * higher * found
    assert objective == pytest.approx(same, abs=1e-10)
    assert min(low, high) - CLOSE <= found <= max(low, high) + CLOSE


@few
@given(seed=seeds)
def test_total_earnings_compose_the_groups(make, seed):
    classrooms, reallocation = draw(make, seed, "both")
    rates = earnings_array({"ela": 1524, "math": 650})
    table = earnings_of_plan(reallocation, classrooms, rates, 15.5)
    gains = group_gains(changes(reallocation, classrooms, classrooms.effects), classrooms)
    students = (gains * classrooms.group_sizes).sum(axis=-1)
    total = lifetime_value(students, rates, 15.5) / classrooms.years
    assert np.allclose(table["total_per_year"], total, rtol=CLOSE, atol=1e-8)


@few
@given(total=st.floats(1, 1e9), teachers=st.floats(1, 1e4), tax=st.floats(0.01, 0.9), more=unit)
def test_mvpf_turns_finite_at_the_break_even_bonus(total, teachers, tax, more):
    bonus = break_even_bonus(total, teachers, tax)
    grid = bonus * np.array([0.5, 1 - 1e-9, 1 + 1e-9, 2.0])
    benefits, cost, mvpf = marginal_value(grid, total, teachers, tax)
    assert np.isinf(mvpf).tolist() == [True, True, False, False]
    assert mvpf[3] == pytest.approx((1 - tax) / tax)
    assert cost + tax * total == pytest.approx(teachers * grid)
    assert benefits / (1 - tax) == pytest.approx(total)


@few
@given(seed=seeds, share=st.floats(0.05, 0.95), weight=unit)
def test_a_uniform_teacher_adds_its_effect(seed, share, weight):
    effect = np.random.default_rng(seed).normal(size=(3, 1, 1))
    shares = np.array([[share, 1 - share]] * 2)
    found = welfare_added(np.broadcast_to(effect, (3, 2, 2)), shares, weight)
    assert np.abs(found - effect[..., 0]).max() < CLOSE


def random_reallocation(seed, types=12, groups=4):
    rng = np.random.default_rng(seed)
    students = rng.integers(0, 50, types).astype(float)
    students[0] += 1
    gamma = rng.uniform(0, 3, types)
    truth = rng.normal(0, 0.1, (5, types)) * students
    predicted = rng.normal(0, 0.1, (5, types)) * students
    return gamma, students, truth, predicted, rng.integers(0, groups, types)


@few
@given(seed=seeds)
def test_bias_is_the_sum_of_its_sources(seed):
    gamma, students, truth, predicted, groups = random_reallocation(seed)
    for by in (np.zeros_like(groups), groups):
        found = bias.decompose(gamma, students, truth, predicted, by)
        assert np.abs(found.identity_error).max() < CLOSE
        assert np.abs(found.bias).max() > 0


@few
@given(seed=seeds)
def test_total_covariance_is_within_plus_between_groups(seed):
    gamma, students, truth, predicted, groups = random_reallocation(seed)
    total = bias.decompose(gamma, students, truth, predicted, np.zeros_like(groups)).covariance
    within = bias.decompose(gamma, students, truth, predicted, groups).covariance
    n = students.sum()
    between = np.zeros(len(truth))
    for group in np.unique(groups):
        inside = groups == group
        size = students[inside].sum()
        if size:
            mean = (gamma * students)[inside].sum() / size - (gamma * students).sum() / n
            change = truth[:, inside].sum(axis=1) / size - truth.sum(axis=1) / n
            between += size / n * mean * change
    assert np.abs(total - within - between).max() < CLOSE


@few
@given(seed=seeds)
def test_perfect_information_on_what_the_planner_sees_leaves_no_bias(make, seed):
    classrooms, reallocation = draw(make, seed, "both")
    table = bias.bias_table([reallocation], classrooms, classrooms.effects, 0.75, 0.7, 0.0)
    second = table[table["theorem"] == 2]
    assert second["bias"].abs().max() < CLOSE
    assert second["covariance"].abs().max() < CLOSE


def test_a_wrong_term_breaks_the_identity():
    gamma, students, truth, predicted, groups = random_reallocation(1)
    found = bias.decompose(gamma, students, truth, predicted, groups)
    wrong = bias.Decomposition(
        found.welfare, found.estimate, found.external_validity, found.covariance * 1.01
    )
    assert np.abs(wrong.identity_error).max() > 1e-6


@few
@given(seed=seeds)
def test_sums_by_type_keep_the_subject_of_the_group(make, seed):
    classrooms, _ = draw(make, seed)
    both = np.stack([classrooms.types, classrooms.types])
    lower = classrooms.slots[["lower_ela", "lower_math"]].sum().to_numpy()
    assert by_group(both)[:, 1].tolist() == lower.tolist()


@few
@given(seed=seeds)
def test_a_total_at_the_published_number_of_students_keeps_the_gain_per_student(make, seed):
    classrooms, reallocation = draw(make, seed, "both")
    rates = earnings_array({"ela": 1524, "math": 650})
    worth = earnings_of_plan(reallocation, classrooms, rates, 15.5)["total_per_year"]
    earnings = {"scope": "district", "information": "heterogeneous", "weight": 0.5}
    table = text_numbers.totals(
        pd.DataFrame([{**earnings, "total_per_year": worth[1]}]), classrooms, 0.28, 20300
    )
    values = table.set_index("quantity")["value"]
    per_student = worth[1] / (classrooms.counts.sum() / classrooms.years)
    assert values["total_per_year_published_students_district"] == pytest.approx(
        20300 * per_student
    )
