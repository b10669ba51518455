"""What the best rules by census tract could do at a school, beside the plan in force."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.plans import Setting, current_class, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.race_only import minority_efficiency, race_only_classes
from welfare_added.admissions.tract_plan import rule_at
from welfare_added.admissions.tract_rule import prices
from welfare_added.admissions.tract_shares import expected_rule
from welfare_added.admissions.two_weights import wants_seat
from welfare_added.assignment.seats import Placement

OF_RULES = ("expected", "bound", "gap_to_bound", "bonus", "one_more", "one_fewer")
EFFICIENCIES = ("efficiency_sd", "efficiency_mean")


def best_rules(
    setting: Setting,
    school: int,
    cells: Mapping[str, np.ndarray],
    shares: Mapping[str, np.ndarray],
) -> pd.DataFrame:
    """One row a class at the school, with as many minority students as under the plan in force.

    Rules choose among those who want a seat under the race-only benchmark. kind is plan for the
    plans score, tiers and race_only; applicants for the best rule by cells that are given by
    ``cells`` (n,), whose cutoffs are set by these very applicants (`tract_rule`); expected for the
    best rule on expected shares ``shares`` (n,), which meets the number in expectation
    (`expected_rule`).

    Columns: rule; kind; statistics of the class (`class_statistics`); expected, minority students;
    bound, of the linear programme on the mean key, which is not below the mean score [points];
    gap_to_bound, by which the class's mean key falls short of it [points]; bonus, of a minority
    student: dual value, or of the rule on expected shares [points]; one_more, one_fewer (`prices`);
    efficiency_sd, efficiency_mean against the race-only benchmark with the class's own number of
    minority students, missing where there is none. Raises Unreachable where a rule cannot have the
    number.
    """
    pool, target = setting.pool, current_class(setting, school)
    plans = {name: outcome(name, setting, school, target) for name in ("score", "tiers")}
    plans["race_only"] = outcome("race_only", setting, school, target)
    classes = {name: members(one.placement, pool.lists, school) for name, one in plans.items()}
    score = class_statistics(pool, classes["score"])
    rows = [(name, "plan", here, {}) for name, here in classes.items()]
    given = setting, plans["race_only"].placement, school, target[0]
    rows += [*_by_applicants(*given, cells), *_by_shares(*given, shares)]
    benchmark_of = race_only_classes(setting)
    table = []
    for name, kind, here, of_rule in rows:
        own = class_statistics(pool, here)
        benchmark = benchmark_of(school, int(pool.minority[here].sum()))
        compared = {
            f"efficiency_{measure}": minority_efficiency(score, own, benchmark, measure)
            for measure in ("sd", "mean")
        }
        table.append({"rule": name, "kind": kind, **own, **of_rule, **compared})
    return pd.DataFrame(table, columns=["rule", "kind", *STATISTICS, *OF_RULES, *EFFICIENCIES])


def _by_applicants(
    setting: Setting,
    placement: Placement,
    school: int,
    target: int,
    cells: Mapping[str, np.ndarray],
) -> Iterator[tuple]:
    for name, cell in cells.items():
        rule, here = rule_at(setting.pool, placement, cell, school, target)
        yield (
            name,
            "applicants",
            here,
            {
                **_bounded(rule.value, rule.bound.value, rule.bonus, here.sum()),
                **prices(rule),
            },
        )


def _by_shares(
    setting: Setting,
    placement: Placement,
    school: int,
    target: int,
    shares: Mapping[str, np.ndarray],
) -> Iterator[tuple]:
    pool = setting.pool
    wanted = np.flatnonzero(wants_seat(pool, placement, school))
    for name, share in shares.items():
        rule = expected_rule(pool.keys[wanted], share[wanted], int(pool.seats[school]), target)
        here = np.zeros(len(pool), dtype=bool)
        here[wanted[rule.admitted]] = True
        yield (
            name,
            "expected",
            here,
            {
                **_bounded(rule.value, rule.bound, rule.bonus, here.sum()),
                "expected": rule.expected,
            },
        )


def _bounded(value: int, bound: int, bonus: int, students: int) -> dict[str, float]:
    """Bound on the mean key, what is short of it, and the bonus, in points."""
    point = POINT * STEPS_A_POINT
    total = point * int(students)
    return {"bound": bound / total, "gap_to_bound": (bound - value) / total, "bonus": bonus / point}
