"""Efficiency for minority students alone: against the class that a bonus for them gives."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.efficiency import efficiency
from welfare_added.admissions.plans import Setting, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import Unreachable


def race_only_classes(setting: Setting) -> Callable[[int, int], Mapping | None]:
    """Function of a school and a number of minority students: statistics of the benchmark's class.

    The benchmark (plan race_only) has that number there; None where no bonus gives it. Results are
    kept, so that nothing is solved twice.
    """

    @cache
    def statistics(school: int, minority: int) -> Mapping | None:
        try:
            placed = outcome("race_only", setting, school, (minority, 0)).placement
        except Unreachable:
            return None
        return class_statistics(setting.pool, members(placed, setting.pool.lists, school))

    return statistics


def minority_efficiency(
    score: Mapping, own: Mapping, benchmark: Mapping | None, measure: str
) -> float:
    """Efficiency of a class (`efficiency`); missing where there is no benchmark."""
    return efficiency(score, own, benchmark, measure) if benchmark else np.nan
