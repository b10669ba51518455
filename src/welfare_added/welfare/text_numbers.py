"""Numbers stated in the paper's text that are in no other table."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import gammaln

from welfare_added.welfare.classrooms import SUBJECTS, Classrooms
from welfare_added.welfare.earnings import best_subject_weight, earnings_array, earnings_of_plan
from welfare_added.welfare.public_funds import break_even_bonus, utilitarian_totals
from welfare_added.welfare.reallocations import Reallocation, utilitarian_position


def sizes(classrooms: Classrooms) -> pd.DataFrame:
    """Mean number of teachers, students and classes per year, and of allocations in logs."""
    years = classrooms.years
    rows = [
        ("teachers_per_year", classrooms.teachers_per_year, "teachers", "all, N of eq. 10"),
        (
            "reallocated_teachers_per_year",
            classrooms.reallocated_teachers_per_year,
            "teachers",
            "with estimates in both subjects",
        ),
        ("students_per_year", classrooms.counts.sum() / years, "students", "of these teachers"),
        ("reallocated_classes_per_year", len(classrooms.slots) / years, "classes", "all grades"),
    ]
    for subject, (higher, lower) in zip(SUBJECTS, classrooms.group_sizes / years, strict=True):
        rows += [
            (f"students_per_year_lower_{subject}", lower, "students", ""),
            (f"students_per_year_higher_{subject}", higher, "students", ""),
        ]
    log10 = gammaln(classrooms.slots["cell"].value_counts() + 1).sum() / np.log(10) / years
    rows.append(("allocations_log10_per_year", log10, "log10", "district-wide allocations"))
    return _table(rows)


def totals(
    earnings: pd.DataFrame, classrooms: Classrooms, tax_rate: float, published_students: int | None
) -> pd.DataFrame:
    """Value of a year's reallocation by scope; plan for both subjects at weight 0.5.

    Teachers without an estimate keep their class, so their students gain nothing and are in no
    total; the teachers are paid a bonus as all others (section 5.2).

    Parameters
    ----------
    earnings : DataFrame
        ``welfare/earnings.csv``.
    classrooms : Classrooms
    tax_rate : float
        Marginal tax rate on the gains.
    published_students : int or None
        Students a year to whom the gain per student is also applied, with the bonus that the tax on
        this total pays for to the sample's teachers; None for neither.

    """
    rows = []
    for scope, total in utilitarian_totals(earnings).items():
        rows.append((f"total_per_year_{scope}", total, "$", "students of classes reallocated"))
        if published_students is None:
            continue
        scaled = total * published_students * classrooms.years / classrooms.counts.sum()
        bonus = break_even_bonus(scaled, classrooms.teachers_per_year, tax_rate)
        note = "the same gain per student, published number of students"
        rows += [
            (f"total_per_year_published_students_{scope}", scaled, "$", note),
            (f"break_even_bonus_published_students_{scope}", bonus, "$", note),
        ]
    return _table(rows)


def break_even_bonuses(
    earnings: pd.DataFrame, subjects: pd.DataFrame, classrooms: Classrooms, tax_rate: float
) -> pd.DataFrame:
    """Break-even bonuses and the weight on ELA that maximises earnings, by scope.

    Parameters
    ----------
    earnings, subjects : DataFrame
        ``welfare/earnings.csv`` and ``welfare/subjects.csv``.
    classrooms : Classrooms
    tax_rate : float
        Marginal tax rate on the gains.

    """
    teachers = classrooms.teachers_per_year
    rows = [
        (
            f"break_even_bonus_{scope}",
            break_even_bonus(total, teachers, tax_rate),
            "$",
            "MVPF is infinite up to here; plan for both subjects at weight 0.5",
        )
        for scope, total in utilitarian_totals(earnings).items()
    ]
    per_year = classrooms.counts.sum() / classrooms.years
    math_only = subjects[subjects["weight_ela"] == 0.0].set_index("scope")["earnings_mean"]
    for best in best_subject_weight(subjects).itertuples():
        bonus = break_even_bonus(best.earnings_mean * per_year, teachers, tax_rate)
        gain = best.earnings_mean - math_only[best.scope]
        rows += [
            (f"best_weight_ela_{best.scope}", best.weight_ela, "", "largest earnings, eq. 9"),
            (f"best_earnings_{best.scope}", best.earnings_mean, "$", "a student, eq. 9"),
            (f"best_earnings_over_math_only_{best.scope}", gain, "$", "a student, eq. 9"),
            (f"break_even_bonus_best_{best.scope}", bonus, "$", "income-optimal plan of eq. 9"),
        ]
    return _table(rows)


def standard_plans(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    earnings_per_sd: dict[str, float],
    lifetime_multiplier: float,
) -> pd.DataFrame:
    """Earnings from reallocating by standard value added in one subject only (section 6).

    Parameters
    ----------
    reallocations : iterable of Reallocation
        Plans for one subject by standard value added.
    classrooms : Classrooms
    earnings_per_sd, lifetime_multiplier
        As in ``earnings.earnings_of_plan``; gains in both subjects are valued.

    """
    rates = earnings_array(earnings_per_sd)
    rows = []
    for reallocation in reallocations:
        earnings = earnings_of_plan(reallocation, classrooms, rates, lifetime_multiplier)
        gain = earnings["earnings_mean"][utilitarian_position(reallocation.weights)]
        name = (
            f"earnings_{reallocation.information}_{reallocation.subject}_only_{reallocation.scope}"
        )
        rows.append((name, gain, "$", "a student, weight 0.5"))
    return _table(rows)


def flat_profile_value(discount_rate: float, working_ages: tuple[int, int], age: int) -> float:
    """Present value at ``age`` of a dollar a year at ``working_ages``, both ends included."""
    first, last = working_ages
    return float(((1.0 + discount_rate) ** -(np.arange(first, last + 1.0) - age)).sum())


def multiplier(
    lifetime_multiplier: float, discount_rate: float, working_ages: tuple[int, int], age: int
) -> pd.DataFrame:
    """The multiplier used, and that of a constant dollar a year for comparison (section 5.1.2)."""
    flat = flat_profile_value(discount_rate, working_ages, age)
    return _table(
        [
            ("lifetime_multiplier", lifetime_multiplier, "", "used throughout"),
            ("lifetime_multiplier_flat_profile", flat, "", "for comparison"),
        ]
    )


def _table(rows: list[tuple[str, float, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["quantity", "value", "unit", "note"])
