"""Definitions on three classes of eight students, worked by hand.

The plan swaps teachers a and b of school A and leaves c of school B. Effects change by, in ELA,
+0.2 for the lower- and -0.1 for the higher-scoring of class 0, the reverse in class 1; in math
+0.1 and -0.1 in class 0, the reverse in class 1.
"""

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from welfare_added.welfare import bias, text_numbers
from welfare_added.welfare.classrooms import build_classrooms, subject_weights
from welfare_added.welfare.deselection import deselection_table, lowest_teachers
from welfare_added.welfare.earnings import (
    best_subject_weight,
    ces_table,
    earnings_table,
    subjects_table,
)
from welfare_added.welfare.equal_gain_index import equal_gain, index_table
from welfare_added.welfare.gaps import baseline_gaps, gaps_table
from welfare_added.welfare.public_funds import (
    bonus_grid,
    break_even_bonus,
    marginal_value,
    public_funds_table,
)
from welfare_added.welfare.ranking import ranking_table, representative_class, welfare_added
from welfare_added.welfare.reallocations import Reallocation
from welfare_added.welfare.schools import school_gains_table
from welfare_added.welfare.winners import status_quo_table, winners_table

SWAP = np.array([[0, 1, 2], [1, 0, 2], [1, 0, 2]])
WEIGHTS = np.array([0.0, 0.5, 1.0])
PRICES = {"ela": 1524.0, "math": 650.0}


def reallocation(subject, teachers=SWAP, scope="district", information="heterogeneous"):
    return Reallocation(subject, scope, information, WEIGHTS, teachers)


def test_gaps_after_the_swap(three):
    baselines = np.array([[1.0, 2.0], [3.0, 4.0]])
    table = gaps_table(
        [reallocation("ela"), reallocation("math"), reallocation("both")], three, baselines, 0.75
    )
    half = table[table["weight"] == 0.5].set_index("subject")
    assert half.loc["ela", "change_higher_lower"] == approx(-0.05)
    assert half.loc["ela", "change_racial"] == approx(-0.2 / 4 - 0.4 / 3)
    assert half.loc["math", "change_higher_lower"] == approx(0.1 / 5 - 0.2 / 3)
    assert half.loc["math", "change_racial"] == approx(0.1 / 4 - 0.2 / 3)
    assert half.loc["both", "change_higher_lower"] == approx(-0.75 * 0.05 + 0.25 * -7 / 150)
    assert half.loc["both", "baseline_higher_lower"] == approx(0.75 * 1 + 0.25 * 3)
    assert half.loc["both", "baseline_racial"] == approx(0.75 * 2 + 0.25 * 4)
    idle = table[table["weight"] == 0.0]
    assert (idle[["change_higher_lower", "change_racial"]] == 0).all(axis=None)


def test_a_gap_without_one_of_its_sides_is_missing(make):
    students, slots = make.three()
    students["ethnicity"] = "white"
    classrooms = build_classrooms(slots, students, "slots")
    table = gaps_table([reallocation("ela")], classrooms, np.zeros((2, 2)), 0.75)
    assert table["change_racial"].isna().all()
    assert table["change_higher_lower"].notna().all()


def test_baseline_gaps(make):
    students, _ = make.three()
    found = baseline_gaps(students)
    assert found[0, 0] == approx((0.5 + 1.0 + 0.7 + 0.8) / 4 - (-1.0 - 0.5 - 0.2 - 1.3) / 4)
    assert found[0, 1] == approx((0.5 - 0.2 + 1.0 + 0.7) / 4 - (-1.0 - 0.5 - 1.3) / 3)
    assert found[1, 0] == approx((0.1 + 0.3 + 1.1 + 0.9 + 0.6) / 5 - (-0.9 - 0.7 - 1.4) / 3)


def test_equal_gain_by_hand():
    assert equal_gain(0.25, 0.08, 0.02, 10, 30) == approx(
        (0.25 * 10 * 0.08 + 0.75 * 30 * 0.02) / (2.5 + 22.5)
    )
    assert equal_gain(1.0, 0.08, 0.02, 10, 30) == 0.08


def test_index_against_utilitarian_and_standard():
    rows = []
    gains = {
        "heterogeneous": [(0.0, 0.1), (0.06, 0.07), (0.1, 0.0)],
        "standard": [(0.0, 0.09), (0.02, 0.05), (0.09, 0.0)],
    }
    for information, values in gains.items():
        for weight, (lower, higher) in zip(WEIGHTS, values, strict=True):
            rows.append(("both", "district", information, weight, lower, higher))
    columns = ["subject", "scope", "information", "weight", "gain_lower", "gain_higher"]
    frontiers = pd.DataFrame(rows, columns=columns)
    frontiers["gain_mean"] = (frontiers["gain_lower"] + frontiers["gain_higher"]) / 2
    sizes = np.array([[40.0, 20.0], [20.0, 60.0]])
    table = index_table(frontiers.sample(frac=1, random_state=1), sizes, 0.75)
    lower, higher = 0.75 * 20 + 0.25 * 60, 0.75 * 40 + 0.25 * 20
    middle = table.iloc[1]
    best = (lower * 0.06 + higher * 0.07) / (lower + higher)
    standard = (lower * 0.02 + higher * 0.05) / (lower + higher)
    assert middle["index_heterogeneous"] == approx(best)
    assert middle["gain_over_standard"] == approx(best - standard)
    assert middle["gain_over_utilitarian"] == 0
    assert middle["gain_mean_over_standard"] == approx(0.065 - 0.035)
    assert table["index_utilitarian"].tolist() == approx([0.07, best, 0.06])
    assert table["gain_over_utilitarian"].tolist() == approx([0.03, 0, 0.04])


def test_winners_of_the_swap(three):
    table = winners_table([reallocation("ela"), reallocation("both")], three, 0.75)
    half = table[table["weight"] == 0.5].set_index("subject")
    assert half.loc["ela", "share_harmed"] == 2 / 8
    assert half.loc["ela", "mean_loss"] == approx((0.1 + 0.2) / 2)
    assert half.loc["ela", "share_helped"] == 3 / 8
    assert half.loc["ela", "mean_win"] == approx((0.2 + 0.2 + 0.1) / 3)
    assert half.loc["both", "mean_loss"] == approx((0.1 + 0.125) / 2)
    assert half.loc["both", "mean_win"] == approx((2 * 0.175 + 0.1) / 3)
    assert half["share_moved"].tolist() == [2 / 3, 2 / 3]
    idle = table[table["weight"] == 0.0]
    assert (idle[["share_harmed", "share_helped", "share_moved"]] == 0).all(axis=None)
    assert idle[["mean_loss", "mean_win"]].isna().all(axis=None)


def test_lower_scoring_students_gain_by_school(three):
    """In ELA three of school A's five students are lower-scoring, and one of B's three."""
    across = np.array([[0, 1, 2], [2, 1, 0], [1, 0, 2]])
    plans = [reallocation("ela", across), reallocation("both", across)]
    table = school_gains_table(plans, three)
    assert table["subject"].tolist() == ["ela"] * 3
    assert table["gain_above"].tolist() == approx([0, 0.1 + 0.2, 0])
    assert table["gain_below"].tolist() == approx([0, 2 * (-0.2 - 0.1) / 3, (2 * 0.2 - 0.2) / 3])


def test_schools_without_lower_scoring_students_gain_nothing_known(make):
    students, slots = make.three()
    students = students.assign(lower_ela=students["lower_ela"] & (students["class_id"] != "2"))
    slots.loc[2, ["lower_ela", "higher_ela"]] = [0, 3]
    classrooms = build_classrooms(slots, students, "slots")
    table = school_gains_table([reallocation("ela")], classrooms)
    assert table["gain_above"].isna().all() and table["gain_below"].notna().all()


def test_a_teacher_who_swaps_own_classes_does_not_move(make):
    students, slots = make.three()
    slots["teacher_id"] = ["a", "a", "c"]
    classrooms = build_classrooms(slots, students, "slots")
    assert winners_table([reallocation("ela")], classrooms, 0.75)["share_moved"].tolist() == [
        0,
        0,
        0,
    ]


def test_status_quo_losses(three):
    table = status_quo_table(three, 0.75).set_index(["subject", "quantity"])["value"]
    assert table["ela", "share_below_median"] == 3 / 8
    assert table["ela", "mean_loss"] == approx((0.1 + 0.1 + 0.05) / 3)
    assert table["ela", "share_without_choice"] == 3 / 8
    assert table["math", "share_below_median"] == 4 / 8
    assert table["math", "mean_loss"] == approx(0.05)


def test_below_the_median_is_not_below_the_mean(make):
    students, slots = make.three()
    students["school_id"], slots["school_id"] = "A", "A"
    students["lower_ela"] = True
    slots["lower_ela"], slots["higher_ela"] = slots["students"], 0
    slots["va_lower_ela"] = [0.0, 0.1, 0.5]
    classrooms = build_classrooms(slots, students, "slots")
    table = status_quo_table(classrooms, 0.75).set_index(["subject", "quantity"])["value"]
    assert table["ela", "share_below_median"] == 3 / 8
    assert table["ela", "mean_loss"] == approx(0.2)
    assert table["ela", "share_below_mean"] == 5 / 8
    assert table["ela", "mean_loss_below_mean"] == approx((3 * 0.2 + 2 * 0.1) / 5)


def test_earnings_of_the_swap(three):
    row = earnings_table([reallocation("both")], three, PRICES, 15.5).iloc[1]
    lower = 15.5 * (1524 * 0.05 + 650 * 0.2 / 3)
    higher = 15.5 * 650 * 0.02
    assert row["earnings_lower"] == approx(lower)
    assert row["earnings_higher"] == approx(higher)
    assert row["earnings_mean"] == approx((lower + higher) / 2)
    assert row["total_per_year"] == approx(15.5 * (1524 * 0.2 + 650 * 0.3))


def test_trade_off_between_subjects(three):
    teachers = np.array([[0, 1, 2], [1, 0, 2], [0, 1, 2]])
    table = subjects_table([reallocation("subjects", teachers)], three, PRICES, 15.5)
    assert table["gain_ela"].tolist() == approx([0, 0.2 / 8, 0])
    assert table["gain_math"].tolist() == approx([0, 0.3 / 8, 0])
    assert table["earnings_mean"][1] == approx(15.5 * (1524 * 0.2 + 650 * 0.3) / 8)
    assert best_subject_weight(table)["weight_ela"].tolist() == [0.5]


def test_ces_plans_are_labelled_by_gamma(three):
    plan = Reallocation("ces", "school", "heterogeneous", np.array([0.0, 0.1, 0.2]), SWAP)
    table = ces_table([plan], three, PRICES, 15.5)
    assert table["gamma"].tolist() == [0.0, 0.1, 0.2]
    assert table["earnings_higher"].tolist() == approx([0, 201.5, 201.5])


def test_mvpf_and_its_break_even():
    bonus = break_even_bonus(1000.0, 4.0, 0.25)
    assert bonus == 62.5
    benefits, net_cost, mvpf = marginal_value(np.array([10, bonus, 125.0]), 1000.0, 4.0, 0.25)
    assert benefits == 750
    assert net_cost.tolist() == [-210, 0, 250]
    assert mvpf.tolist() == [np.inf, np.inf, 3.0]


def test_the_published_bonus():
    assert break_even_bonus(27.9e6, 941, 0.28) == approx(8300, rel=0.001)


def test_mvpf_is_that_of_the_utilitarian_heterogeneous_plan():
    earnings = pd.DataFrame(
        {
            "scope": ["district"] * 6,
            "information": ["heterogeneous"] * 3 + ["standard"] * 3,
            "weight": [0.0, 0.5, 1.0] * 2,
            "total_per_year": [1.0, 2000.0, 3.0, 4.0, 5.0, 6.0],
        }
    )
    table = public_funds_table(earnings, 2.0, 0.5, (100.0, 10000.0))
    assert (table["benefits"] == 1000.0).all()
    assert (np.isinf(table["mvpf"]) == (table["bonus"] <= 500.0)).all()
    assert table["bonus"].iloc[[0, -1]].tolist() == approx([100, 10000])
    assert np.allclose(np.diff(np.log(bonus_grid((100.0, 10000.0))), 2), 0)


def frontiers_for(classrooms):
    rows = [
        (subject, scope, "heterogeneous", weight, gain)
        for subject in ("ela", "math", "both")
        for scope, gain in (("district", 0.3), ("school", 0.06))
        for weight, gain in zip(WEIGHTS, (9.0, gain, 9.0), strict=True)
    ]
    return pd.DataFrame(rows, columns=["subject", "scope", "information", "weight", "gain_mean"])


def deselection(classrooms, weight, share=1 / 3):
    shares = classrooms.group_sizes / 8
    table = deselection_table(classrooms, frontiers_for(classrooms), shares, weight, 0.75, share)
    return table.set_index(["subject", "quantity"])["value"]


def test_deselection_of_one_in_three(three):
    found = deselection(three, 0.5)
    assert found["math", "gain_lower"] == approx(0.1 / 3)
    assert found["math", "gain_higher"] == approx(2 * 0.3 / 5)
    assert found["math", "gain_mean"] == approx((0.1 / 3 + 0.12) / 2)
    assert found["math", "gain_per_student"] == approx(0.7 / 8)
    assert found["math", "deselected_per_year"] == 1
    assert found["math", "ratio_district"] == approx(0.3 / found["math", "gain_mean"])
    assert found["math", "ratio_school"] == approx(0.06 / found["math", "gain_mean"])
    assert found["both", "gain_mean"] == approx(
        0.75 * found["ela", "gain_mean"] + 0.25 * found["math", "gain_mean"]
    )
    by_cell = [0.1, 0.3, -0.2], [0.0, -0.1, 0.2]
    lower = (np.mean(by_cell[0]) + 0.2) / 4
    higher = 2 * (np.mean(by_cell[1]) - 0.2) / 4
    assert found["ela", "gain_mean_cell"] == approx((lower + higher) / 2)


def test_wrong_dismissals_depend_on_the_planner(three):
    assert deselection(three, 0.5)["ela", "share_wrongly_dismissed"] == 0
    assert deselection(three, 0.0)["ela", "share_wrongly_dismissed"] == 1


def test_nobody_is_dismissed_of_too_few(three):
    found = deselection(three, 0.5, share=0.05)
    assert found["ela", "deselected_per_year"] == 0
    assert np.isnan(found["ela", "share_wrongly_dismissed"])
    assert np.isnan(found["ela", "ratio_district"])


def test_lowest_teachers_are_taken_year_by_year():
    slots = pd.DataFrame(
        {
            "year": [2003] * 4 + [2004] * 4,
            "teacher_id": ["d", "c", "b", "a", "a", "b", "c", "c"],
        }
    )
    score = np.array([3.0, -1, 2, 4, 5, 6, 4, 4])
    assert lowest_teachers(score, slots, 0.25).tolist() == [False, True, *[False] * 4, True, True]
    ties = lowest_teachers(np.zeros(8), slots, 0.25)
    assert ties.tolist() == [False, False, False, True, True, False, False, False]


def test_welfare_added_on_a_representative_class(three):
    shares = np.array([[0.6, 0.4], [0.5, 0.5]])
    found = welfare_added(three.effects[:1], shares, 0.75)[0]
    assert found[0] == approx((0.75 * 0.4 * 0.1 + 0.25 * 0.6 * 0.0) / (0.3 + 0.15))
    assert found[1] == approx(0.75 * 0.0 + 0.25 * 0.2)
    same = np.full((1, 2, 2), 0.3)
    assert welfare_added(same, shares, 0.9).tolist() == [[approx(0.3), approx(0.3)]]


def test_representative_class_is_the_average_student(make):
    students, _ = make.three()
    assert representative_class(students).tolist() == [[4 / 8, 4 / 8], [5 / 8, 3 / 8]]


def test_ranking_orders_each_subject_and_year():
    rows = [
        ("ela", "x", 2003, 0.1, 0.3, -0.1),
        ("ela", "y", 2003, 0.3, 0.0, 0.1),
        ("ela", "x", 2004, 0.0, 0.0, 0.0),
        ("math", "x", 2003, -0.1, 0.2, 0.2),
        ("math", "z", 2003, 0.0, 0.1, 0.1),
    ]
    columns = ["subject", "teacher_id", "year", "va_standard", "va_lower", "va_higher"]
    estimates = pd.DataFrame(rows, columns=columns)
    table = ranking_table(estimates, np.full((2, 2), 0.5), 1.0, 0.75)
    ranks = table.set_index(["subject", "teacher_id", "year"])
    assert ranks.loc[("ela", "x", 2003)].tolist() == [approx(0.3), 1, 2]
    assert ranks.loc[("ela", "y", 2003)].tolist() == [approx(0.0), 2, 1]
    assert ranks.loc[("ela", "x", 2004)].tolist() == [0, 1, 1]
    assert ranks.loc[("math", "z", 2003)].tolist() == [approx(0.1), 2, 1]
    assert ranks.loc[("both", "x", 2003)].tolist() == [approx(0.75 * 0.3 + 0.25 * 0.2), 1, 1]
    assert len(table) == 6


def test_bias_of_the_swap(three):
    table = bias.bias_table([reallocation("ela")], three, three.effects, 0.75, 0.7, 0.0)
    first, second = (table[table["theorem"] == t].iloc[1] for t in (1, 2))
    assert first["welfare"] == approx(1.4 * 0.2 / 8)
    assert first["estimate"] == approx((3 * 0.05 - 2 * 0.05) / 8)
    assert first["external_validity"] == approx(0.2 / 8 - 0.05 / 8)
    assert first["covariance"] == approx(0.035 - 0.025)
    assert first["bias"] == approx(0.02875)
    assert second["welfare"] == first["welfare"]
    assert second["bias"] == approx(0, abs=1e-15)


def test_premium_leaves_a_covariance_within_groups(three):
    gamma = bias.planner_weights(three, "ela", 0.75, 0.5, 1.0)
    assert (gamma * three.types).sum() == approx(8)
    assert gamma[1] == approx(2 * gamma[0])
    table = bias.bias_table([reallocation("ela")], three, three.effects, 0.75, 0.5, 1.0)
    second = table[table["theorem"] == 2].iloc[1]
    weight = 8 / 11
    changes, weights = np.array([0.2, 0.2, -0.2, 0]), weight * np.array([2, 2, 1, 2])
    covariance = np.mean(changes * weights) - changes.mean() * weights.mean()
    assert second["covariance"] == approx(covariance / 2)
    assert second["external_validity"] == approx(0, abs=1e-15)


def test_planner_of_both_subjects_mixes_their_weights(three):
    gamma = bias.planner_weights(three, "both", 0.75, 0.7, 0.0)[0]
    assert gamma[1, 0] / gamma[0, 0] == approx((0.75 * 0.7 + 0.25 * 0.3) / 0.3)
    assert len(np.unique(bias.conditioning_groups("both"))) == 4
    assert bias.conditioning_groups("math")[0].tolist() == [[0, 1], [0, 1]]


def test_earnings_of_the_usual_plan_count_both_subjects(three):
    usual = reallocation("math", information="standard")
    table = text_numbers.standard_plans([usual], three, PRICES, 15.5).set_index("quantity")["value"]
    ela, math = (0.05 + 0.0) / 2, (0.2 / 3 + 0.02) / 2
    assert table["earnings_standard_math_only_district"] == approx(15.5 * (1524 * ela + 650 * math))


def test_headline_worth(three):
    earnings = pd.DataFrame(
        {
            "scope": "district",
            "information": "heterogeneous",
            "weight": WEIGHTS,
            "total_per_year": [0.0, 900.0, 0.0],
        }
    )
    subjects = pd.DataFrame(
        {"scope": "district", "weight_ela": WEIGHTS, "earnings_mean": [60.0, 90.0, 90.0]}
    )
    table = text_numbers.break_even_bonuses(earnings, subjects, three, 0.5).set_index("quantity")[
        "value"
    ]
    assert table["break_even_bonus_district"] == approx(150)
    assert table["best_weight_ela_district"] == 0.5
    assert table["best_earnings_over_math_only_district"] == 30
    assert table["break_even_bonus_best_district"] == approx(0.5 * 90 * 8 / 3)
    sizes = text_numbers.sizes(three).set_index("quantity")["value"]
    assert sizes["teachers_per_year"] == sizes["reallocated_teachers_per_year"] == 3
    assert sizes["students_per_year_lower_math"] == 3
    cells = three.slots["cell"].value_counts().tolist()
    ways = np.prod([np.prod(np.arange(1, size + 1)) for size in cells])
    assert sizes["allocations_log10_per_year"] == approx(np.log10(ways))


def without_estimate(three_tables):
    """The three classes, and a fourth whose teacher has no estimate."""
    students, slots = three_tables
    fourth = students.iloc[:2].assign(class_id="3", teacher_id="d")
    return build_classrooms(slots, pd.concat([students, fourth], ignore_index=True), "slots")


def test_teachers_without_an_estimate_are_paid_and_their_students_gain_nothing(make):
    classrooms = without_estimate(make.three())
    sizes = text_numbers.sizes(classrooms).set_index("quantity")["value"]
    assert sizes["teachers_per_year"] == 4
    assert sizes["reallocated_teachers_per_year"] == 3
    assert sizes["students_per_year"] == 8
    assert sizes["reallocated_classes_per_year"] == 3
    earnings = pd.DataFrame(
        {
            "scope": "district",
            "information": "heterogeneous",
            "weight": WEIGHTS,
            "total_per_year": [0.0, 900.0, 0.0],
        }
    )
    found = text_numbers.totals(earnings, classrooms, 0.5, 16).set_index("quantity")["value"]
    assert found["total_per_year_district"] == 900
    assert found["total_per_year_published_students_district"] == 1800
    assert found["break_even_bonus_published_students_district"] == approx(0.5 * 1800 / 4)
    assert len(text_numbers.totals(earnings, classrooms, 0.5, None)) == 1


def test_teachers_of_other_years_are_not_paid(make):
    students, slots = make.three()
    early = students.assign(year=2009)
    classrooms = build_classrooms(slots, pd.concat([students, early]), "slots")
    assert classrooms.teachers_per_year == 3


def test_tested_students_stand_for_their_class(make):
    students, slots = make.three()
    tested = slots.assign(students=slots["students"] * 2, sample_students=slots["students"])
    names = [f"{g}_{s}" for g in ("lower", "higher") for s in ("ela", "math")]
    tested[names] = tested[names] * 2.0
    once, twice = (build_classrooms(one, students, "slots") for one in (slots, tested))
    assert np.array_equal(twice.counts, 2 * once.counts)
    assert twice.teacher_years == once.teacher_years
    with pytest.raises(ValueError, match="column lower_ela disagrees with the students"):
        build_classrooms(tested.assign(lower_ela=slots["lower_ela"]), students, "slots")


def test_flat_profile_does_not_give_the_published_multiplier():
    assert text_numbers.flat_profile_value(0.03, (20, 65), 10) == approx(18.99, abs=0.005)
    assert text_numbers.flat_profile_value(0.0, (20, 65), 10) == 46


@pytest.mark.parametrize(("subject", "want"), [("ela", (1, 0)), ("both", (0.75, 0.25))])
def test_subject_weights(subject, want):
    assert tuple(subject_weights(subject, 0.75)) == want
