"""What the best rules by census tract could do at a school, beside the plan in force."""

import logging
from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.frontiers import PER_POINT
from welfare_added.admissions.plans import Setting, outcome, wanted_class
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.race_only import minority_efficiency, race_only_classes
from welfare_added.admissions.tract_rule import prices, rule_at
from welfare_added.admissions.tract_shares import expected_rule
from welfare_added.admissions.two_weights import wants_seat
from welfare_added.assignment.seats import Placement

OF_RULES = ("expected", "bound", "gap_to_bound", "bonus", "one_more", "one_fewer")
EFFICIENCIES = ("efficiency_sd", "efficiency_mean")

log = logging.getLogger(__name__)


def best_rules(
    setting: Setting,
    school: int,
    cells: Mapping[str, np.ndarray],
    shares: Mapping[str, np.ndarray],
) -> pd.DataFrame:
    """One row a class at the school, with the minority students wanted there (`wanted_class`).

    Rules choose among those who want a seat under the race-only benchmark. kind is plan for the
    plans score, tiers, race_only and lasso; applicants for the best rule by cells that are given by
    ``cells`` (n,), whose cutoffs are set by these very applicants (`tract_rule`); expected for the
    best rule on expected shares ``shares`` (n,), which meets the number in expectation
    (`expected_rule`).

    Columns: rule; kind; statistics of the class (`class_statistics`); expected, minority students;
    bound, of the linear programme on the mean key, which is not below the mean score [points];
    gap_to_bound, by which the class's mean key falls short of it [points]; bonus, of a minority
    student: dual value, or of the rule on expected shares [points]; one_more, one_fewer (`prices`);
    efficiency_sd, efficiency_mean against the race-only benchmark with the class's own number of
    minority students, missing where there is none; unreachable, why a rule cannot have the number
    of minority students, else empty: it then has no class.
    """
    pool, target = setting.pool, wanted_class(setting, school)
    at = {
        name: members(outcome(name, setting, school, target).placement, pool.lists, school)
        for name in ("score", "tiers")
    }
    score = class_statistics(pool, at["score"])
    made = [(name, "plan", partial(_found, here)) for name, here in at.items()]
    tuned = [
        name for name in ("race_only", "lasso") if name == "race_only" or name in setting.indices
    ]
    made += [(name, "plan", partial(_tuned, name, setting, school, target)) for name in tuned]
    given = setting, school, target
    for name, cell in cells.items():
        made.append((name, "applicants", partial(_by_applicants, *given, cell)))
    for name, share in shares.items():
        made.append((name, "expected", partial(_by_shares, *given, share)))
    benchmark_of = race_only_classes(setting)
    table = []
    for name, kind, make in made:
        try:
            here, of_rule = make()
        except Unreachable as error:
            log.warning("%s at school %d: %s", name, school, error)
            table.append({"rule": name, "kind": kind, "unreachable": str(error)})
            continue
        own = class_statistics(pool, here)
        benchmark = benchmark_of(school, int(pool.minority[here].sum()))
        compared = {
            f"efficiency_{measure}": minority_efficiency(score, own, benchmark, measure)
            for measure in ("sd", "mean")
        }
        row = {"rule": name, "kind": kind, **own, **of_rule, **compared, "unreachable": ""}
        table.append(row)
    columns = ["rule", "kind", *STATISTICS, *OF_RULES, *EFFICIENCIES, "unreachable"]
    return pd.DataFrame(table, columns=columns)


Made = tuple[np.ndarray, dict[str, float]]  # whether each applicant is admitted; of a rule


def _found(here: np.ndarray) -> Made:
    return here, {}


def _tuned(name: str, setting: Setting, school: int, target: tuple[int, int]) -> Made:
    placement = outcome(name, setting, school, target).placement
    return members(placement, setting.pool.lists, school), {}


def _benchmark(setting: Setting, school: int, target: tuple[int, int]) -> Placement:
    """The race-only benchmark; raises Unreachable where no bonus gives the number."""
    return outcome("race_only", setting, school, target).placement


def _by_applicants(
    setting: Setting, school: int, target: tuple[int, int], cell: np.ndarray
) -> Made:
    placement = _benchmark(setting, school, target)
    rule, here = rule_at(setting.pool, placement, cell, school, target[0])
    bounded = _bounded(rule.value, rule.bound.value, rule.bonus, here.sum())
    return here, {**bounded, **prices(rule)}


def _by_shares(setting: Setting, school: int, target: tuple[int, int], share: np.ndarray) -> Made:
    pool = setting.pool
    wanted = np.flatnonzero(wants_seat(pool, _benchmark(setting, school, target), school))
    seats = int(pool.seats[school])
    rule = expected_rule(pool.keys[wanted], share[wanted], seats, target[0])
    here = np.zeros(len(pool), dtype=bool)
    here[wanted[rule.admitted]] = True
    bounded = _bounded(rule.value, rule.bound, rule.bonus, here.sum())
    return here, {**bounded, "expected": rule.expected}


def _bounded(value: int, bound: int, bonus: int, students: int) -> dict[str, float]:
    """Bound on the mean key, what is short of it, and the bonus, in points."""
    total = PER_POINT * int(students)
    bonus = bonus / PER_POINT
    return {"bound": bound / total, "gap_to_bound": (bound - value) / total, "bonus": bonus}
