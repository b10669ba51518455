"""Reallocation of all teachers of a district: optima by brute force, identities, curves."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from district_cases import drawn_district
from scipy.optimize import linear_sum_assignment

from welfare_added.market.district_tables import district_arrays, district_tables, teacher_classes
from welfare_added.market.reallocation import (
    by_output,
    gains,
    in_percentiles,
    reallocation_table,
    with_medians,
)
from welfare_added.market.reallocation_curves import (
    match_effect_curve,
    moved_curve,
    replacement_curve,
    sorting_table,
    source_table,
    support_table,
)
from welfare_added.run.errors import UserError


@pytest.fixture(scope="module")
def district():
    return drawn_district()


@pytest.fixture(scope="module")
def table(district):
    return reallocation_table(district, 0.05).set_index("allocation")


def total(district):
    return district.mu @ district.students.T


def best_of_slots(scores, district):
    """Largest sum by assignment of teachers to all slots one by one."""
    slots = scores[:, district.school]
    return slots[linear_sum_assignment(slots, maximize=True)].sum()


def test_best_and_worst_are_those_of_the_assignment_of_all_slots(district, table):
    every, students = total(district), district.slots.sum()
    actual = every[np.arange(60), district.school].sum()
    best = (best_of_slots(every, district) - actual) / students
    worst = (-best_of_slots(-every, district) - actual) / students
    assert table.loc["best", "gain"] == pytest.approx(best, abs=2e-9)
    assert table.loc["worst", "gain"] == pytest.approx(worst, abs=2e-9)
    assert table.loc["best", "fraction"] == 1
    assert (table["relative_gap"].dropna().abs() < 1e-9).all()


@pytest.mark.parametrize("share", [[0.2, 0.6, 0.9], [0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
def test_small_district_against_every_permutation(share):
    district = drawn_district(6, 3, own_classes=None, share_1=np.array(share))
    table = reallocation_table(district, 0.05).set_index("allocation")
    found = pd.DataFrame(
        gains(district.mu[list(one)], district.mu, district.slots)
        for one in itertools.permutations(range(6))
    )
    assert table.loc["best", "gain"] == pytest.approx(found["gain"].max(), abs=2e-9)
    assert table.loc["worst", "gain"] == pytest.approx(found["gain"].min(), abs=2e-9)
    for name in ("gain", "gain_0", "gain_1"):
        assert table.loc["random", name] == pytest.approx(found[name].mean(), abs=2e-9)
    for kind in ("0", "1"):
        best = found[f"gain_{kind}"].max()
        assert table.loc[f"max_{kind}", f"gain_{kind}"] == pytest.approx(best, abs=2e-9)
        optima = found[found[f"gain_{kind}"] > best - 1e-12]
        other = f"gain_{1 - int(kind)}"
        assert table.loc[f"max_{kind}", other] == pytest.approx(optima[other].max(), abs=2e-9)


def test_within_schools_is_the_best_exchange_of_own_classes(district, table):
    mu, own = district.mu, district.own_classes
    gain = 0.0
    for school in np.unique(district.school):
        here = np.flatnonzero(district.school == school)
        scores = mu[here] @ own[here].T
        gain += scores[linear_sum_assignment(scores, maximize=True)].sum() - scores.trace()
    wanted = gain / own.sum()
    assert table.loc["best_within_school", "gain"] == pytest.approx(wanted, abs=2e-9)
    assert 0 < table.loc["best_within_school", "own_fraction"] < 1


def test_gains_by_type_weighted_by_students_are_the_gain(district, table):
    students = district.slots.sum(axis=0)
    rows = table.drop(index=["best_within_school", "best_constant_size"])
    weighted = (rows[["gain_0", "gain_1"]] * students).sum(axis=1) / students.sum()
    np.testing.assert_allclose(rows["gain"], weighted, atol=2e-9)


def test_orders_that_must_hold(table):
    gain = table["gain"]
    assert gain["best"] >= max(gain["random"], gain["both"], gain["max_0"], gain["max_1"], 0)
    assert gain["worst"] <= min(gain["random"], 0)
    assert table["gain_0"].drop(["best_within_school", "replace_bottom"]).idxmax() == "max_0"
    assert gain["best_constant_size"] >= 0


def test_equal_schools_leave_nothing_to_gain(district):
    schools = len(district.class_size)
    same = replace(
        district, class_size=np.full(schools, 20.0), share_1=np.full(schools, 0.4), own_classes=None
    )
    table = reallocation_table(same, 0.05).set_index("allocation")
    moves = table.drop(index="replace_bottom")
    assert moves[["gain", "gain_0", "gain_1"]].abs().max(axis=None) < 1e-9
    assert "best_within_school" not in table.index and table.loc["replace_bottom", "gain"] > 0


def test_one_kind_of_value_added_and_one_class_size_leave_nothing(district):
    same = replace(district, mu=district.mu[:, [0, 0]], own_classes=None).constant_class_size()
    table = reallocation_table(same, 0.05).set_index("allocation")
    assert abs(table.loc["best", "gain"]) < 1e-9 and abs(table.loc["worst", "gain"]) < 1e-9


def test_relabelling_changes_nothing(district, table):
    random = np.random.default_rng(1)
    teachers, schools = random.permutation(60), random.permutation(len(district.class_size))
    moved = replace(
        district,
        mu=district.mu[teachers],
        school=np.argsort(schools)[district.school[teachers]],
        class_size=district.class_size[schools],
        share_1=district.share_1[schools],
        own_classes=district.own_classes[teachers],
    )
    other = reallocation_table(moved, 0.05).set_index("allocation")
    pd.testing.assert_frame_equal(
        other.drop(columns="relative_gap"), table.drop(columns="relative_gap"), atol=2e-9
    )


def test_medians_replace_the_lowest_per_student(district):
    after = with_medians(district, 0.1)
    changed = np.flatnonzero((after != district.mu).any(axis=1))
    per_student = (district.mu * district.shares[district.school]).sum(axis=1)
    assert set(changed) == set(np.argsort(per_student)[:6])
    assert (after[changed] == np.median(district.mu, axis=0)).all()
    curve = replacement_curve(district, [0.0, 0.1])
    assert curve["gain"].iloc[0] == 0
    added = ((after - district.mu) * district.slots).sum() / district.slots.sum()
    assert curve["gain"].iloc[1] == pytest.approx(added, abs=1e-9)


def test_both_by_output_takes_best_pairs_first(district):
    holders = by_output(district)
    assert np.array_equal(np.sort(holders), np.arange(60))
    from welfare_added.assignment.one_to_one import best_pairs_first

    slots = total(district)[:, district.school]
    gain = slots[np.arange(60), best_pairs_first(slots)].sum()
    assert total(district)[holders, district.school].sum() == pytest.approx(gain, abs=1e-9)


def most_with(district, moves):
    """Largest gain with at most so many teachers away from their school, over all permutations."""
    best = 0.0
    for one in itertools.permutations(range(len(district.mu))):
        moved = (district.school[np.array(one)] != district.school).sum()
        if moved <= moves:
            best = max(best, gains(district.mu[list(one)], district.mu, district.slots)["gain"])
    return best


def test_curve_of_moves_lies_between_what_is_attained_and_its_bound():
    district = drawn_district(7, 4)
    shares = np.arange(8) / 7
    curve = moved_curve(district, shares)
    for moves, row in zip(range(8), curve.itertuples(), strict=True):
        exact = most_with(district, moves)
        assert row.gain - 2e-9 <= exact <= row.bound + 2e-9
        if row.moved == pytest.approx(moves / 7):
            assert row.gain == pytest.approx(exact, abs=2e-9)
    assert curve["gain"].is_monotonic_increasing and curve["gain"].iloc[0] == 0
    best = reallocation_table(district, 0.05).set_index("allocation").loc["best", "gain"]
    assert curve["gain"].iloc[-1] == pytest.approx(best, abs=2e-9)
    assert (curve["gain"] == curve["bound"]).sum() >= 3


def test_sources_add_up_to_the_best_gain(district, table):
    sources = source_table(district)
    assert sources["gain"].sum() == pytest.approx(table.loc["best", "gain"], abs=2e-9)
    assert sources["fraction"].sum() == pytest.approx(1, abs=2e-9)
    constant = source_table(district.constant_class_size()).set_index("source")
    assert constant.loc["class_size", "gain"] == 0


def test_best_allocation_gives_large_classes_to_the_good(district):
    table = sorting_table(district, 4)
    size = table[table["panel"] == "class_size"].set_index(["allocation", "bin"])["y"]
    assert size["best"].iloc[-1] - size["best"].iloc[0] > 2
    assert abs(size["actual"].iloc[-1] - size["actual"].iloc[0]) < 3
    assert (table.groupby(["allocation", "panel"])["teachers"].sum() == 60).all()


def test_match_effects_only_raise_the_gain_and_none_leave_it(district, table):
    curve = match_effect_curve(district, [0.0, 0.02, 0.05], draws=4, seed=3)
    assert curve["gain"].iloc[0] == pytest.approx(table.loc["best", "gain"], abs=2e-9)
    assert curve["gain"].is_monotonic_increasing and (curve["relative_gap"] < 1e-9).all()


def test_match_effects_are_per_student_and_part_of_the_actual_allocation(district):
    found = []
    for seed in np.random.SeedSequence(3).spawn(2):
        draw = np.random.default_rng(seed).standard_normal((60, len(district.class_size)))
        scores = total(district) + 0.05 * draw * district.class_size
        actual = scores[np.arange(60), district.school].sum()
        found.append((best_of_slots(scores, district) - actual) / district.slots.sum())
    curve = match_effect_curve(district, [0.05], draws=2, seed=3)
    assert curve["gain"].iloc[0] == pytest.approx(np.mean(found), abs=2e-9)


def test_support_counts_changes_against_the_past(district):
    past = np.stack([district.class_size, district.share_1], axis=1)[district.school]
    past[0] = np.nan
    observed = np.array([[-30.0, -1.0], [30.0, 1.0], [0.0, np.nan]])
    table = support_table(past, observed, district, 6)
    assert (table["outside"] == 0).all()
    counts = table.groupby(["panel", "source"])["count"].sum()
    assert counts["class_size", "data"] == 3 and counts["share_disadvantaged", "data"] == 2
    assert (counts[:, "best"] == 59).all()
    np.testing.assert_allclose(table.groupby(["panel", "source"])["share"].sum(), 1)
    narrow = support_table(past, observed * 0, district, 6)
    assert (narrow.loc[narrow["source"] == "best", "outside"] > 0.5).all()


def test_percentiles_of_a_normal_score():
    random = np.random.default_rng(0)
    score = random.normal(0.3, 0.9, 400_000)
    from scipy.stats import norm

    wanted = 100 * (norm.cdf(score + 0.2).mean() - norm.cdf(score).mean())
    found = in_percentiles(np.array([[0.2, 0.0]]), np.array([0.3, -0.3]), np.array([0.9, 1.0]))
    assert found[0, 0] == pytest.approx(wanted, abs=0.02) and found[0, 1] == 0


def test_tables_of_records_become_the_district():
    students = pd.DataFrame(
        [
            ("a", 2015, "c1", 1), ("a", 2015, "c1", 0), ("a", 2016, "c2", 1),
            ("a", 2016, "c3", 0), ("a", 2016, "c3", 0), ("a", 2016, "c3", 1),
            ("b", 2016, "c4", 1), ("z", 2016, "c5", 1),
        ],
        columns=["teacher_id", "year", "class_id", "type"],
    )  # fmt: skip
    school = students["teacher_id"].map({"a": "s2", "b": "s1", "z": "s9"})
    students = students.assign(school_id=school, score=np.arange(8.0))
    classes = teacher_classes(students).set_index(["teacher_id", "year"])
    assert classes.loc[("a", 2016)].tolist() == [1.0, 1.0]
    schools = pd.DataFrame(
        {"school_id": ["s2", "s1", "s9"], "year": 2016, "in_market": [True, True, False],
         "students": [30, 10, 20], "class_size": [20.0, 10.0, 5.0], "share_disadvantaged": [0.5, 0.2, 0.1]}
    )  # fmt: skip
    teachers = pd.DataFrame(
        {"teacher_id": ["a", "b", "z"], "year": 2016, "school_id": ["s2", "s1", "s9"],
         "experience": [3.0, np.nan, 1.0], "black": [1.0, np.nan, 0.0]}
    )  # fmt: skip
    forecasts = pd.DataFrame(
        {"teacher_id": ["a", "b", "z"], "year": 2016, "mu_0": [0.1, -0.1, 9.0],
         "mu_1": [0.2, -0.2, 9.0], "experience_effect": [0.05, np.nan, 0.0]}
    )  # fmt: skip
    tables = district_tables(forecasts, teachers, schools, students, 2016)
    assert tables.teachers["teacher_id"].tolist() == ["b", "a"]
    np.testing.assert_allclose(tables.past, [[np.nan, np.nan], [2.0, 0.5]])
    np.testing.assert_allclose(tables.observed, [[0.0, 0.0]])
    assert tables.representative["class_size"] == 17.5
    np.testing.assert_allclose(tables.scores["mean"], [3.5, (2 + 5 + 6) / 3])
    found = district_arrays(tables)
    np.testing.assert_allclose(found.mu, [[-0.1, -0.2], [0.15, 0.25]])
    assert found.school.tolist() == [0, 1] and found.class_size.tolist() == [10, 20]
    with pytest.raises(UserError, match="in 2014 no teacher of the market district has both"):
        district_tables(forecasts, teachers, schools, students, 2014)


def test_bad_districts_are_refused(district):
    share = district.share_1.copy()
    share[0] = np.nan
    with pytest.raises(UserError, match="reallocation: share_1 is missing in 1 places"):
        replace(district, share_1=share)
    with pytest.raises(UserError, match="class sizes must be positive"):
        replace(district, class_size=district.class_size * 0)
